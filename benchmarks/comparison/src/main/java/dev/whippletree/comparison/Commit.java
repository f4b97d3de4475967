package dev.whippletree.comparison;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What is measured: the last commit that changed anything but the results and their pages, so that committing results
 * doesn't end a measurement. Immutable.
 *
 * @param changes what isn't committed, as {@code git status} says it
 */
record Commit(String id, List<String> changes) {

    private static final List<String> ALL_BUT_RESULTS =
            List.of("--", ".", ":(exclude)docs/comparison*", ":(exclude)docs/images/comparison*");

    Commit {
        changes = List.copyOf(changes);
    }

    /**
     * Asks git.
     *
     * @throws Refused if it can't tell
     */
    static Commit of(Path root) {
        List<String> ids = git(root, "log", "-1", "--format=%H");
        if (ids.isEmpty()) {
            throw new Refused(root + " has no commit, so nobody could tell what was measured; commit first");
        }
        return new Commit(ids.get(0), git(root, "status", "--porcelain"));
    }

    private static List<String> git(Path root, String... command) {
        List<String> words = new ArrayList<>(List.of("git", "-C", root.toString()));
        words.addAll(List.of(command));
        words.addAll(ALL_BUT_RESULTS);
        try {
            Process git = new ProcessBuilder(words).redirectErrorStream(true).start();
            String said = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (git.waitFor() != 0) {
                throw new Refused(root + ": git can't tell the commit: " + said.strip()
                        + "; run it in a clone of the repository, or add --try");
            }
            return said.lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException("can't run git", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Refused("interrupted");
        }
    }

    /**
     * Returns its id.
     *
     * @throws Refused if anything isn't committed
     */
    String clean() {
        if (!changes.isEmpty()) {
            throw new Refused("not committed: " + String.join(", ", changes.subList(0, Math.min(5, changes.size())))
                    + "; commit before you measure, or add --try, which keeps its results apart");
        }
        return id;
    }

    /** Returns what is known of what is measured, where it needn't be known. */
    static String attempted(Path root) {
        try {
            Commit commit = of(root);
            return commit.changes.isEmpty() ? commit.id : commit.id + " with changes";
        } catch (Refused e) {
            return "no commit";
        }
    }
}
