"""The drift engine: resolve, compare, analyse, grade, fold. No input or output of its own."""
