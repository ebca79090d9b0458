"""Studies: is it intrinsic, or is it training? Evidence, witnesses, arguments, verdicts."""
