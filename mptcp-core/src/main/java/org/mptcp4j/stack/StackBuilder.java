package org.mptcp4j.stack;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.mptcp4j.api.Priority;
import org.mptcp4j.api.StackConfig;

/**
 * Collects what an {@link MptcpStack} is made of.
 *
 * <pre>{@code
 * MptcpStack stack =
 *     MptcpStack.builder()
 *         .random(new SecureRandom())
 *         .link(0, 1500)
 *         .address(0, "10.0.1.2/24")
 *         .address(0, "fd00:1::2/64")
 *         .link(1, 1500)
 *         .backupAddress(1, "10.0.2.2/24")
 *         .build();
 * }</pre>
 */
public final class StackBuilder {

  private StackConfig config = StackConfig.defaultConfig();
  private ByteBufAllocator allocator = PooledByteBufAllocator.DEFAULT;
  private RandomGenerator random;

  StackBuilder() {}

  /**
   * Adds a link.
   *
   * @param index what {@code Packet.linkIndex} calls it, 0 or more
   * @param mtu largest IP packet it carries, in bytes
   * @return this builder
   */
  public StackBuilder link(int index, int mtu) {
    return this;
  }

  /**
   * Adds an address to a link.
   *
   * @param linkIndex a link added before
   * @param addressAndPrefix for example {@code "10.0.1.2/24"} or {@code "fd00::2/64"}
   * @return this builder
   * @throws IllegalArgumentException when the text does not parse
   */
  public StackBuilder address(int linkIndex, String addressAndPrefix) {
    return address(linkIndex, addressAndPrefix, Priority.NORMAL);
  }

  /**
   * Adds an address whose subflows begin as backup.
   *
   * @param linkIndex a link added before
   * @param addressAndPrefix for example {@code "10.0.1.2/24"} or {@code "fd00::2/64"}
   * @return this builder
   * @throws IllegalArgumentException when the text does not parse
   */
  public StackBuilder backupAddress(int linkIndex, String addressAndPrefix) {
    return address(linkIndex, addressAndPrefix, Priority.BACKUP);
  }

  private StackBuilder address(int linkIndex, String addressAndPrefix, Priority priority) {
    return this;
  }

  /**
   * Sets the configuration. Default: {@link StackConfig#defaultConfig()}.
   *
   * @param stackConfig the configuration
   * @return this builder
   */
  public StackBuilder config(StackConfig stackConfig) {
    config = Objects.requireNonNull(stackConfig, "config");
    return this;
  }

  /**
   * Sets the allocator of headers and copies. Default: Netty's pooled allocator.
   *
   * @param byteBufAllocator the allocator
   * @return this builder
   */
  public StackBuilder allocator(ByteBufAllocator byteBufAllocator) {
    allocator = Objects.requireNonNull(byteBufAllocator, "allocator");
    return this;
  }

  /**
   * Sets where keys, nonces, ports and initial sequence numbers come from. Outside tests this must
   * be a {@code java.security.SecureRandom}: who can guess keys can hijack connections.
   *
   * @param generator the source
   * @return this builder
   */
  public StackBuilder random(RandomGenerator generator) {
    random = Objects.requireNonNull(generator, "random");
    return this;
  }

  /**
   * Makes a run repeatable: the same packets at the same times give the same packets. For tests and
   * simulations only.
   *
   * @param seed any number
   * @return this builder
   */
  public StackBuilder seed(long seed) {
    return random(new SplittableRandom(seed));
  }

  /**
   * Makes the stack.
   *
   * @return a stack without sockets
   * @throws IllegalStateException when neither {@link #random} nor {@link #seed} was called
   * @throws IllegalArgumentException when links and addresses do not fit together
   */
  public MptcpStack build() {
    if (random == null) {
      throw new IllegalStateException(
          "no source of randomness; call random(new SecureRandom()), or seed(n) in a test");
    }
    return new MptcpStack();
  }
}
