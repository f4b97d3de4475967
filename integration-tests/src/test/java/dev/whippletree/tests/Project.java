package dev.whippletree.tests;

import java.nio.file.Path;

/** The folder of the whole build. */
public final class Project {

    public static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private Project() {}
}
