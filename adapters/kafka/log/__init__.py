"""The metadata log of a KRaft cluster: its bytes to events, and a follower that is no member of the quorum."""
