package dev.whippletree.cli.stress.processes;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/** A process that has said all it had to say and ended. */
final class FakeProcess extends Process {

    private final ByteArrayOutputStream told = new ByteArrayOutputStream();
    private final String output;
    private final int exitCode;

    FakeProcess(String output, int exitCode) {
        this.output = output;
        this.exitCode = exitCode;
    }

    String told() {
        return told.toString(StandardCharsets.UTF_8);
    }

    @Override
    public long pid() {
        return 4711;
    }

    @Override
    public OutputStream getOutputStream() {
        return told;
    }

    @Override
    public InputStream getInputStream() {
        return new ByteArrayInputStream(output.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public InputStream getErrorStream() {
        return InputStream.nullInputStream();
    }

    @Override
    public CompletableFuture<Process> onExit() {
        return CompletableFuture.completedFuture(this);
    }

    @Override
    public int waitFor() {
        return exitCode;
    }

    @Override
    public int exitValue() {
        return exitCode;
    }

    @Override
    public void destroy() {}
}
