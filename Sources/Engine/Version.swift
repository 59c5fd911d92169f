/// The version of the program, as `version` prints it and dead letters carry it.
public let programVersion = "0.1.0"
