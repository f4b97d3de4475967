package acme;

/** Is compiled against and then left out. */
public final class Absent {}
