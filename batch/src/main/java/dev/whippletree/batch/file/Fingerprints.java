package dev.whippletree.batch.file;

import dev.whippletree.config.Configuration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Digests everything that a line's answer depends on: its text, the settings, the models of its route, and in a
 * conversation the lines before it. An answer is kept as long as its line's digest is the same. Give it all lines, in
 * order. Confined to one thread.
 */
final class Fingerprints {

    private final String settings;
    private final boolean conversations;
    private final AskedModels models;
    private final SessionEnds sessionEnds;
    private final Map<String, String> latestBySession = new HashMap<>();

    Fingerprints(BatchFiles files, Configuration configuration, SessionEnds sessionEnds) {
        this.settings = String.valueOf(files.settings());
        this.conversations = files.conversations();
        this.models = new AskedModels(configuration);
        this.sessionEnds = sessionEnds;
    }

    /** Returns the digest of the next line. */
    String of(InputLine line) {
        Optional<String> session = conversations ? line.prompt().session() : Optional.empty();
        String before = session.map(latestBySession::get).orElse(settings);
        String fingerprint = Digests.brief(before + '\0' + models.of(line.prompt()) + '\0' + line.text());
        session.ifPresent(name -> latestBySession.put(name, fingerprint));
        if (sessionEnds.contains(line)) {
            session.ifPresent(latestBySession::remove);
        }
        return fingerprint;
    }
}
