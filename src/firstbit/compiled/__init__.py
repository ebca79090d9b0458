"""Compiled programs on disk: all processes of a user share them, and compile once."""
