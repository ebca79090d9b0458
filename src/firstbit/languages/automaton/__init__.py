"""The automaton under a language: tables, expressions, visits, set algebra."""
