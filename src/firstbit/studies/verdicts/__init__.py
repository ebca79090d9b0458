"""Is a failure intrinsic, or is it training?"""
