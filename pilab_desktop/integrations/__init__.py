"""The systems outside: git, hosts, trackers, wikis, chats."""
