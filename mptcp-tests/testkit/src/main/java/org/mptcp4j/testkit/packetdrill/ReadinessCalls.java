package org.mptcp4j.testkit.packetdrill;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** poll and epoll, level-triggered. */
final class ReadinessCalls {
  private static final long ALWAYS = Constants.POLLERR | Constants.POLLHUP;

  private static final long KNOWN =
      ALWAYS | Constants.POLLIN | Constants.POLLPRI | Constants.POLLOUT | Constants.POLLRDHUP;

  /** What an application may have told with an event, each at the same place. */
  private static final List<String> DATA = List.of("fd", "ptr", "u32", "u64");

  private final StackHost host;
  private final SocketTable table;

  ReadinessCalls(StackHost host, SocketTable table) {
    this.host = host;
    this.table = table;
  }

  /** Begins a call; empty when it is none of these. */
  Optional<PendingCall> begin(Arguments a) {
    PendingCall call =
        switch (a.call().name()) {
          case "poll" -> poll(a.count(3, 3));
          case "epoll_create", "epoll_create1" -> create(a.count(1, 1));
          case "epoll_ctl" -> change(a.count(4, 4));
          case "epoll_wait" -> await(a.count(4, 4));
          default -> null;
        };
    return Optional.ofNullable(call);
  }

  /** What a socket is ready for. */
  private static long ready(ScriptSocket socket) {
    if (socket.server().isPresent()) {
      return socket.isAcceptable() ? Constants.POLLIN : 0;
    }
    boolean error = !socket.pendingError().isEmpty() || socket.zeroCopy().hasNews();
    long events = error ? Constants.POLLERR : 0;
    if (socket.socket().isEmpty()) {
      return Constants.POLLOUT | Constants.POLLHUP; // as Linux says of a socket never connected
    }
    if (!socket.isConnected()) {
      return events;
    }
    boolean inputEnded = socket.inputEnded();
    boolean outputEnded = socket.outputEnded();
    events |= inputEnded && outputEnded ? Constants.POLLHUP : 0;
    events |= inputEnded ? Constants.POLLIN | Constants.POLLRDHUP : 0;
    events |= socket.readableBytes() > 0 ? Constants.POLLIN : 0;
    long urgent = socket.urgentBytes();
    events |= urgent > 0 && urgent <= socket.readableBytes() ? Constants.POLLPRI : 0;
    boolean room = outputEnded || socket.socket().orElseThrow().writableBytes() > 0;
    return events | (room ? Constants.POLLOUT : 0);
  }

  private static String names(long events) {
    List<String> names = new ArrayList<>();
    Map<Integer, String> all =
        Map.of(
            Constants.POLLIN, "POLLIN",
            Constants.POLLPRI, "POLLPRI",
            Constants.POLLOUT, "POLLOUT",
            Constants.POLLERR, "POLLERR",
            Constants.POLLHUP, "POLLHUP",
            Constants.POLLRDHUP, "POLLRDHUP");
    all.forEach(
        (bit, name) -> {
          if ((events & bit) != 0) {
            names.add(name);
          }
        });
    names.sort(null);
    return names.isEmpty() ? "0" : String.join("|", names);
  }

  private static long interest(Value value) {
    return interest(value, KNOWN);
  }

  /** One process alone watches, so that EPOLLEXCLUSIVE changes nothing. */
  private static long epollInterest(Value value) {
    return interest(
        value, KNOWN | Constants.EPOLLET | Constants.EPOLLONESHOT | Constants.EPOLLEXCLUSIVE);
  }

  private static long interest(Value value, long known) {
    long events = Arguments.number(value);
    if ((events & ~known) != 0) {
      String text = value instanceof Value.Int i ? i.text() : "";
      throw ScriptException.refused(value.place(), "events " + text);
    }
    return events;
  }

  /** A call that waits until something is ready, or for so many milliseconds. */
  private PendingCall waiting(long millis, Supplier<Long> check) {
    long deadline = millis < 0 ? Long.MAX_VALUE : host.nowNs() + millis * 1_000_000L;
    return new PendingCall() {
      @Override
      public Optional<Answer> attempt() {
        long count = check.get();
        boolean over = count > 0 || host.nowNs() >= deadline;
        return over ? Optional.of(Answer.of(count)) : Optional.empty();
      }

      @Override
      public long deadlineNs() {
        return deadline;
      }
    };
  }

  // ---- poll

  private PendingCall poll(Arguments a) {
    List<Value> entries = a.items(0);
    if (entries.size() != a.number(1)) {
      throw ScriptException.malformed(
          a.get(1).place(), "the list has " + entries.size() + " descriptors");
    }
    for (Value entry : entries) {
      interest(Arguments.struct(entry).field("events"));
    }
    return new PollCall(waiting(a.number(2), () -> countReady(entries)), entries);
  }

  private long countReady(List<Value> entries) {
    return entries.stream().filter(e -> actual(e) != 0).count();
  }

  private long actual(Value entry) {
    Value.Struct s = Arguments.struct(entry);
    ScriptSocket socket = socket(s.field("fd"));
    return ready(socket) & (Arguments.number(s.field("events")) | ALWAYS);
  }

  private ScriptSocket socket(Value fd) {
    return table
        .find(Arguments.number(fd))
        .orElseThrow(
            () ->
                ScriptException.malformed(
                    fd.place(), "there is no socket with descriptor " + Arguments.number(fd)));
  }

  /** Holds what is ready against what the script says, once there is an answer. */
  private final class PollCall implements PendingCall {
    private final PendingCall waiting;
    private final List<Value> entries;

    PollCall(PendingCall waiting, List<Value> entries) {
      this.waiting = waiting;
      this.entries = entries;
    }

    @Override
    public Optional<Answer> attempt() {
      Optional<Answer> answer = waiting.attempt();
      if (answer.isPresent()) {
        entries.forEach(e -> check(Arguments.struct(e)));
      }
      return answer;
    }

    private void check(Value.Struct entry) {
      Value wanted = entry.field("revents");
      if (!(wanted instanceof Value.Any) && Arguments.number(wanted) != actual(entry)) {
        throw ScriptException.failed(
            wanted.place(),
            "revents is " + names(actual(entry)) + ", expected " + names(Arguments.number(wanted)));
      }
    }

    @Override
    public long deadlineNs() {
      return waiting.deadlineNs();
    }
  }

  // ---- epoll

  private PendingCall create(Arguments a) {
    int fd = table.free(a.call());
    table.add(fd, new Epoll());
    return PendingCall.done(Answer.of(fd));
  }

  private Epoll epoll(Arguments a) {
    return table
        .findEpoll(a.number(0))
        .orElseThrow(
            () ->
                ScriptException.malformed(
                    a.get(0).place(), "there is no epoll descriptor " + a.number(0)));
  }

  private PendingCall change(Arguments a) {
    Epoll epoll = epoll(a);
    int fd = table.get(a, 2).fd();
    boolean known = epoll.watches(fd);
    switch (a.text(1)) {
      case "EPOLL_CTL_ADD" -> {
        if (known) {
          return PendingCall.done(Answer.error("EEXIST"));
        }
        watch(epoll, fd, a.struct(3));
      }
      case "EPOLL_CTL_MOD" -> {
        if (!known) {
          return PendingCall.done(Answer.error("ENOENT"));
        }
        watch(epoll, fd, a.struct(3));
      }
      case "EPOLL_CTL_DEL" -> {
        if (!known) {
          return PendingCall.done(Answer.error("ENOENT"));
        }
        epoll.forget(fd);
      }
      default -> throw ScriptException.refused(a.get(1).place(), "epoll_ctl " + a.text(1));
    }
    return PendingCall.ok();
  }

  private static void watch(Epoll epoll, int fd, Value.Struct event) {
    long data = data(event).map(Arguments::number).orElse(0L);
    epoll.watch(fd, epollInterest(event.field("events")), data);
  }

  /** The member of the union that the script has. */
  private static Optional<Value> data(Value.Struct event) {
    return DATA.stream()
        .map(event.fields()::get)
        .filter(v -> v != null && !(v instanceof Value.Any))
        .findFirst();
  }

  private PendingCall await(Arguments a) {
    Epoll epoll = epoll(a);
    long most = a.number(2);
    if (most <= 0) {
      return PendingCall.done(Answer.error("EINVAL"));
    }
    PendingCall waiting = waiting(a.number(3), () -> (long) ready(epoll, most).size());
    List<Value> wanted = a.get(1) instanceof Value.Items items ? items.items() : List.of(a.get(1));
    return new PendingCall() {
      @Override
      public Optional<Answer> attempt() {
        Optional<Answer> answer = waiting.attempt();
        if (answer.isPresent() && answer.get().value() > 0) {
          List<Ready> ready = ready(epoll, most);
          compare(wanted, ready);
          ready.forEach(r -> r.interest().reported(r.socket()));
        }
        return answer;
      }

      @Override
      public long deadlineNs() {
        return waiting.deadlineNs();
      }
    };
  }

  private record Ready(ScriptSocket socket, long events, Epoll.Interest interest) {
    int fd() {
      return socket.fd();
    }
  }

  private List<Ready> ready(Epoll epoll, long most) {
    List<Ready> ready = new ArrayList<>();
    epoll
        .interests()
        .forEach(
            (fd, interest) ->
                table
                    .find(fd)
                    .map(s -> new Ready(s, ready(s) & (interest.events() | ALWAYS), interest))
                    .filter(r -> interest.reports(r.events(), r.socket()))
                    .ifPresent(ready::add));
    return ready.subList(0, (int) Math.min(most, ready.size()));
  }

  /** Linux tells in the order in which they became ready, which does not count here. */
  private static void compare(List<Value> wanted, List<Ready> actual) {
    List<Ready> left = new ArrayList<>(actual);
    for (int i = 0; i < Math.min(wanted.size(), actual.size()); i++) {
      if (wanted.get(i) instanceof Value.Struct s) {
        Ready told = told(s, left);
        left.remove(told);
        compare(s.field("events"), told);
      } else {
        left.remove(0);
      }
    }
  }

  /** The one of these that the script means by its data. */
  private static Ready told(Value.Struct wanted, List<Ready> left) {
    Optional<Value> data = data(wanted);
    if (data.isEmpty()) {
      return left.get(0);
    }
    long number = Arguments.number(data.get());
    return left.stream()
        .filter(r -> r.interest().data() == number)
        .findFirst()
        .orElseThrow(
            () ->
                ScriptException.failed(
                    data.get().place(),
                    "the data is " + left.get(0).interest().data() + ", expected " + number));
  }

  private static void compare(Value events, Ready actual) {
    if (Arguments.number(events) != actual.events()) {
      throw ScriptException.failed(
          events.place(),
          "events of descriptor "
              + actual.fd()
              + " are "
              + names(actual.events())
              + ", expected "
              + names(Arguments.number(events)));
    }
  }
}
