package dev.whippletree.cli;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A test that runs the command in a folder of its own. */
public abstract class ShellTest {

    @TempDir
    protected Path folder;

    protected Shell shell;

    @BeforeEach
    final void openShell() {
        shell = new Shell(folder);
    }
}
