"""What Pelican does not know about AXE Magazine: its content, its checks and its infolettres."""
