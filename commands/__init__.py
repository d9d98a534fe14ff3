"""The subcommands of marsad, a module a group."""
