"""Every screen of every page, as one table: what ``make screens`` paints and what the tests of the look walk over."""
