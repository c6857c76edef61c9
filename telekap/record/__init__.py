"""The record: every fact once, in order, encrypted, chained; and the rows that are derived from it."""
