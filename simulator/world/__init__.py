"""What happens to a business whatever it decides: who asks, when, what is true, and everybody's luck."""
