"""Reads topics as a tail does: raw fetches of leaders, a search in bytes before anything is decoded, no group."""
