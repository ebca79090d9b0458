"""The 2017 paper, figure by figure and claim by claim."""
