package org.mptcp4j.mptcp;

/** Which end opened a subflow. */
enum Opener {
  US,
  PEER
}
