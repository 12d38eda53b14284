"""What the engines and services need from outside, as protocols."""
