"""A net that was trained elsewhere: what it learnt, and the automaton that it runs."""
