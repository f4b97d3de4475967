package dev.whippletree.cache.similar;

import dev.whippletree.model.ApprovedWordings;
import dev.whippletree.spi.Cache;
import dev.whippletree.spi.CacheStore;
import dev.whippletree.spi.Services;
import dev.whippletree.spi.SettingKey;
import dev.whippletree.spi.Settings;
import java.util.Iterator;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * The cache {@code similar}, for questions in other words. It comes after the exact caches, and only prompts that
 * declare their question reach it.
 *
 * <p>Approved wordings share an answer from the second request on. Beyond those, and only if configured, it serves the
 * answer of a similar question, and keeps the share of requests that get a wrong one below a bound. Everything is kept
 * in this process: answers as text and, of questions that aren't approved, their words and vectors.
 */
public final class SimilarCache implements Cache {

    /** What {@code verifier} is called where callers say themselves whether answers agree. */
    static final String CALLER = "caller";

    private static final String HOW_TO_EMBED = "add whippletree-embedder-minilm or your own embedder to the class path";

    private final ApprovedWordings declared;

    /** Creates the kind. */
    public SimilarCache() {
        this(ApprovedWordings.NONE);
    }

    /**
     * Creates the kind for a program that declares wordings itself.
     *
     * @param approved they count besides those of the configured file
     */
    public SimilarCache(ApprovedWordings approved) {
        this.declared = approved;
    }

    /** Returns {@code similar}. */
    @Override
    public String name() {
        return "similar";
    }

    /** Returns true: what is stored and learned is kept in the process alone. */
    @Override
    public boolean endsWithProcess() {
        return true;
    }

    @Override
    public Set<SettingKey> settings() {
        return SimilarSettings.KEYS;
    }

    /**
     * Opens a cache. Loads the embedder's model if questions are to be compared, which takes a second or two.
     *
     * @throws IllegalArgumentException if a setting's value can't be used, or the embedder or verifier isn't there or
     *     can't work here
     */
    @Override
    public CacheStore open(Settings settings, Services services) {
        SimilarSettings wanted = SimilarSettings.from(settings, declared);
        ApprovedStore approved = new ApprovedStore(wanted, services.clock());
        if (wanted.mode() == SimilarSettings.Mode.OFF) {
            return approved;
        }
        ClassLoader here = SimilarCache.class.getClassLoader();
        Embedder embedder = embedder(wanted, ServiceLoader.load(Embedder.class, here));
        Optional<Verifier> verifier = wanted.verifier().equals(CALLER)
                ? Optional.empty()
                : Optional.of(named(
                        wanted,
                        "verifier",
                        wanted.verifier(),
                        ServiceLoader.load(Verifier.class, here),
                        Verifier::name));
        return new SimilarStore(wanted, approved, load(wanted, embedder), verifier, services);
    }

    private static Embedding load(SimilarSettings wanted, Embedder embedder) {
        try {
            return embedder.open();
        } catch (IllegalStateException e) {
            throw new IllegalArgumentException(wanted.where() + ": embedder: " + e.getMessage(), e);
        }
    }

    private static Embedder embedder(SimilarSettings wanted, Iterable<Embedder> all) {
        if (!wanted.embedder().isEmpty()) {
            return named(wanted, "embedder", wanted.embedder(), all, Embedder::name);
        }
        Iterator<Embedder> embedders = all.iterator();
        if (!embedders.hasNext()) {
            throw new IllegalArgumentException(
                    wanted.where() + ": comparing questions needs an embedder, and there is none: " + HOW_TO_EMBED
                            + "; or leave mode off and use approved wordings only");
        }
        Embedder first = embedders.next();
        if (embedders.hasNext()) {
            throw new IllegalArgumentException(
                    wanted.where() + ": embedder: there are several; name one: " + names(all, Embedder::name));
        }
        return first;
    }

    private static <T> T named(
            SimilarSettings wanted, String setting, String name, Iterable<T> all, Function<T, String> nameOf) {
        for (T one : all) {
            if (nameOf.apply(one).equals(name)) {
                return one;
            }
        }
        String there = names(all, nameOf);
        throw new IllegalArgumentException(wanted.where() + ": " + setting + ": there is no '" + name + "'; there is "
                + (there.isEmpty() ? "none: " + HOW_TO_EMBED : there));
    }

    private static <T> String names(Iterable<T> all, Function<T, String> nameOf) {
        return StreamSupport.stream(all.spliterator(), false)
                .map(nameOf)
                .sorted()
                .collect(Collectors.joining(", "));
    }
}
