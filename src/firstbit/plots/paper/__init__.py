"""The figures of the 2017 paper."""
