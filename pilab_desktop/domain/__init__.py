"""The words of the product: frozen values, closed sets and pure rules. Imports nothing of ours."""
