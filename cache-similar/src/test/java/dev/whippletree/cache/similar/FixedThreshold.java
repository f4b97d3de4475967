package dev.whippletree.cache.similar;

import java.time.Instant;
import java.util.Optional;

/** What others do: serves whatever is nearer than a similarity that somebody chose. */
final class FixedThreshold {

    private FixedThreshold() {}

    static Replay.Result replay(Stream stream, double similarity) {
        FlatIndex index = new FlatIndex(10_000);
        int hits = 0;
        int wrong = 0;
        for (Stream.Question question : stream.questions()) {
            Optional<Neighbours> near = index.nearest(question.vector(), Instant.EPOCH, stored -> true);
            if (near.isPresent() && near.get().similarity() >= similarity) {
                hits++;
                wrong += near.get().nearest().entry().completion().text().equals(question.intent()) ? 0 : 1;
            } else {
                index.add(
                        new Stored(
                                index.size(),
                                Wording.of(question.text()),
                                Replay.entry(question.intent()),
                                question.intent().hashCode()),
                        question.vector());
            }
        }
        return new Replay.Result(stream.questions().size(), hits, wrong, 0, similarity);
    }
}
