package dev.whippletree.terminal;

import dev.whippletree.terminal.Terminal.Size;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The size of this process's terminal, from {@code stty}, read when needed and after each change. Thread-safe. */
final class TtySize implements Size {

    private static final Pattern ROWS_AND_COLUMNS = Pattern.compile("([1-9]\\d{0,4}) ([1-9]\\d{0,4})\\s*");
    private static final long PATIENCE_SECONDS = 2;

    private volatile @Nullable Extent known;
    private boolean watching;

    @Override
    public Extent now() {
        Extent extent = known;
        return extent == null ? ask() : extent;
    }

    /** Watches for changes first, so that none is missed between. */
    private synchronized Extent ask() {
        if (!watching) {
            watching = true;
            new Signals().onEach("WINCH", () -> known = null);
        }
        Extent extent = stty();
        known = extent;
        return extent;
    }

    private static Extent stty() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(new File("/dev/tty"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            if (!stty.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                stty.destroyForcibly();
            }
            return parse(size);
        } catch (IOException e) {
            return USUAL.now();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return USUAL.now();
        }
    }

    /** Returns the size that {@code stty} says, or the usual one if it says none. */
    static Extent parse(String size) {
        Matcher matcher = ROWS_AND_COLUMNS.matcher(size);
        return matcher.matches()
                ? new Extent(Integer.parseInt(matcher.group(2)), Integer.parseInt(matcher.group(1)))
                : USUAL.now();
    }
}
