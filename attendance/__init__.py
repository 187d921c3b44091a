"""Taking registers: who is enrolled where, what a camera saw, and what that makes of a meeting's register."""
