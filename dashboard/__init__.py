"""The screens live here, and nothing below may import them."""
