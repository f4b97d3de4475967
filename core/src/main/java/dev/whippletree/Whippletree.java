package dev.whippletree;

import dev.whippletree.Parts.Part;
import dev.whippletree.config.Configuration;
import dev.whippletree.config.ConfigurationInput;
import dev.whippletree.config.ConfigurationSource;
import dev.whippletree.config.ConfigurationTree;
import dev.whippletree.config.Reloaded;
import dev.whippletree.engine.Engine;
import dev.whippletree.engine.cache.AnswerCheck;
import dev.whippletree.model.Completion;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.model.Delta;
import dev.whippletree.model.Embeddings;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.PromptException;
import dev.whippletree.model.Secret;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.model.StreamSubscriber;
import dev.whippletree.model.TokenCount;
import dev.whippletree.plugin.Assembly;
import dev.whippletree.plugin.Hooks;
import dev.whippletree.plugin.PluginCatalog;
import dev.whippletree.plugin.PluginCatalog.GivenPlugins;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.settings.TenantWeights;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.BalancingStrategy;
import dev.whippletree.spi.Cache;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.Coordinator;
import dev.whippletree.spi.EngineListener;
import dev.whippletree.spi.Provider;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.state.StateFolder;
import dev.whippletree.time.SystemTimeline;
import dev.whippletree.time.Timeline;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers prompts with a few rate-limited accounts: makes as few calls as possible, and waits for room instead of
 * exceeding limits.
 *
 * <p>Thread-safe. No method but {@link #ask}, {@link #close()} and those that reload blocks. A prompt that waits costs
 * no thread.
 *
 * <pre>{@code
 * try (Whippletree whippletree = Whippletree.open(Path.of("whippletree.yaml"))) {
 *     Completion answer = whippletree.ask("Tell me about yourself");
 * }
 * }</pre>
 *
 * <p>Continuations of the returned futures and the methods of subscribers run with the diagnostic context (MDC) of the
 * thread that asked, and with its other thread-local contexts if Micrometer's {@code context-propagation} is on the
 * class path. A thread that waits for a future may run its continuations itself, in its own context.
 */
public final class Whippletree implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Whippletree.class);
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final Intake intake;
    private final List<String> lastingWarnings;
    private final Object reloads = new Object();
    private final Assembly assembly;
    private final Optional<SystemTimeline> ownTimeline;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final CompletableFuture<Void> freed = new CompletableFuture<>();
    private volatile Configuration configuration;

    private Whippletree(
            Configuration configuration,
            Intake intake,
            List<String> lastingWarnings,
            Assembly assembly,
            Optional<SystemTimeline> ownTimeline) {
        this.configuration = configuration;
        this.intake = intake;
        this.lastingWarnings = lastingWarnings;
        this.assembly = assembly;
        this.ownTimeline = ownTimeline;
    }

    /** Returns an empty builder. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Opens the same configuration as the command line: the file that it finds, else the accounts in this process's
     * environment.
     *
     * @throws ConfigurationException if there is no account, or the configuration is invalid, with every problem
     * @see ConfigurationSource
     */
    public static Whippletree open() {
        return builder()
                .configuration(new ConfigurationSource(Optional.empty(), System.getenv(), Path.of("")))
                .build();
    }

    /**
     * Opens a configuration file, with the variables of this process's environment.
     *
     * @param file has to exist; a relative path starts in the working directory
     * @throws ConfigurationException if it can't be read or is invalid, with every problem
     */
    public static Whippletree open(Path file) {
        return builder().configuration(file).build();
    }

    /**
     * Answers a prompt.
     *
     * @return this caller's own copy of the outcome. Completes with the answer, with a {@link PromptException} that
     *     says why there is none, or with a {@link ConfigurationException} if the prompt names an unknown route or
     *     account. Cancelling it, or completing it in any other way, withdraws the prompt; other callers with an equal
     *     prompt still get their answer. A future derived from it, such as that of {@code thenApply}, doesn't pass its
     *     own cancellation on: keep this one to withdraw the prompt
     */
    public CompletableFuture<Completion> complete(Prompt prompt) {
        return assembly.engine().complete(chat(prompt));
    }

    /**
     * Answers a prompt, and waits for the answer. Blocks, for as long as the prompt's or its route's deadline allows;
     * so don't call it on a thread of this Whippletree, such as that of a continuation.
     *
     * <pre>{@code
     * try {
     *     Completion answer = whippletree.ask(Prompt.of("Tell me about yourself"));
     * } catch (PromptException e) {
     *     if (e.isRetryable()) {
     *         askAgainAt(e.roomAt());
     *     }
     * }
     * }</pre>
     *
     * @throws PromptException if there is no answer; it says why
     * @throws ConfigurationException if the prompt names an unknown route or account
     * @throws CancellationException if this thread is interrupted: the prompt is withdrawn, and the thread stays
     *     interrupted
     */
    public Completion ask(Prompt prompt) {
        return Outcomes.await(complete(prompt));
    }

    /** Answers one message by the default route, like {@link #ask(Prompt)}. */
    public Completion ask(String message) {
        return ask(Prompt.of(message));
    }

    /**
     * Waits for the result of a method of any Whippletree, as {@link #ask} does:
     * {@code await(whippletree.embed(texts))}. Blocks.
     *
     * @throws PromptException if it failed with one; any other unchecked exception or error as it is, and a checked one
     *     as the cause of a {@link java.util.concurrent.CompletionException}
     * @throws CancellationException if this thread is interrupted: the result is cancelled, and the thread stays
     *     interrupted
     */
    public static <T> T await(CompletableFuture<T> result) {
        return Outcomes.await(result);
    }

    /**
     * Answers a prompt, and streams the answer as it arrives.
     *
     * <p>Each subscriber submits the prompt again, like {@link #complete}, and gets the answer from its start at its
     * own pace: a {@link Delta.Start}, the pieces and, if the answer is complete, a {@link Delta.End}. Equal prompts
     * share one call here too. A slow subscriber delays no other; it gets the accumulated text in larger pieces. A
     * stored answer, or one whose call was made for a caller that doesn't stream, arrives at once, in pieces of at
     * most 8,192 characters.
     *
     * <p>If an answer breaks off, the prompt is sent again. If a part was already delivered, the stream continues where
     * the new answer repeats that part; else it ends with {@link PromptException.Reason#STREAM_INTERRUPTED}. A stream
     * never delivers an answer that broke off or was patched.
     *
     * <p>Ends with the same errors as {@link #complete}. Subscribers are called on a thread of this Whippletree or on
     * the subscribing thread, and may block. Cancelling withdraws the prompt; other callers with an equal prompt still
     * get their answer. A {@link StreamSubscriber} learns how much waits for it.
     *
     * @return submits nothing before a subscription; thread-safe, and may be subscribed to again
     */
    public Flow.Publisher<Delta> stream(Prompt prompt) {
        return assembly.engine().stream(chat(prompt));
    }

    /**
     * Answers a prompt, and passes on the answer's pieces as they arrive.
     *
     * <pre>{@code
     * Completion whole = Whippletree.await(whippletree.stream(prompt, piece -> {
     *     if (piece instanceof Delta.Text) {
     *         System.out.print(piece.text());
     *     }
     * }));
     * }</pre>
     *
     * @param pieces gets each piece: text, reasoning, a refusal, a part of a tool call or further fields; one at a
     *     time, on a thread of this Whippletree or on this one. It may block. What it throws withdraws the prompt and
     *     is the outcome
     * @return completes like the result of {@link #complete}, after the last piece. Cancelling it withdraws the prompt;
     *     one piece may still come
     */
    public CompletableFuture<Completion> stream(Prompt prompt, Consumer<? super Delta.Piece> pieces) {
        return Outcomes.ofStream(stream(prompt), Objects.requireNonNull(pieces, "pieces"));
    }

    /**
     * Embeds texts: returns a vector for each message of a prompt of the operation
     * {@link Prompt.Operation#EMBEDDING}. All vectors are of one model: the prompt's, or else that of the route's first
     * target that embeds texts. Only that model's accounts can answer.
     *
     * <p>A text that is stored or is already being asked for isn't asked for again. The others go in as few calls as
     * the service's bounds allow; each text is stored by itself.
     *
     * <pre>{@code
     * float[] vector = whippletree.embed(Prompt.embedding(List.of("a text"))).join().all().get(0).vector();
     * }</pre>
     *
     * @return this caller's own copy of the outcome, which ends like that of {@link #complete}. Cancelling it, or
     *     completing it in any other way, cancels the calls that nobody else waits for
     * @throws IllegalArgumentException if the prompt is of another operation
     */
    public CompletableFuture<Embeddings> embed(Prompt prompt) {
        return assembly.embedder().embed(prompt);
    }

    /** Embeds texts by the default route, like {@link #embed(Prompt)}. */
    public CompletableFuture<Embeddings> embed(List<String> texts) {
        return embed(Prompt.embedding(texts));
    }

    private static Prompt chat(Prompt prompt) {
        if (prompt.operation() != Prompt.Operation.CHAT) {
            throw new IllegalArgumentException("this prompt is for vectors: call embed");
        }
        return prompt;
    }

    /**
     * Returns how many tokens of its account's limits are reserved for a prompt and its completion, on the account
     * where that is most: an estimate, by what completions of its route have taken. Calls no service. Thread-safe.
     *
     * @return none if no provider can tell, or the prompt names an unknown route
     */
    public TokenCount tokensToReserve(Prompt prompt) {
        return assembly.engine().tokensToReserve(prompt);
    }

    /**
     * Returns the targets of a prompt's route that can't take it, and why: if it asks for several answers, those of a
     * service that gives one. Calls no service. Thread-safe.
     *
     * @return empty if every target can, or the prompt names an unknown route
     */
    public Map<TargetSettings, String> refusals(Prompt prompt) {
        return assembly.engine().refusals(prompt);
    }

    /**
     * Returns how many calls a prompt needs if none is repeated and no cache has a part of its answer: one, or for
     * vectors as many as its texts take. Calls no service. Thread-safe.
     */
    public int callsFor(Prompt prompt) {
        return prompt.operation() == Prompt.Operation.EMBEDDING
                ? assembly.embedder().calls(prompt)
                : 1;
    }

    /**
     * Withdraws a waiting prompt, as cancelling does. A prompt whose call is under way still gets that call's answer,
     * because it is paid for; if the call fails, the prompt is withdrawn then. Thread-safe.
     *
     * @param answer this Whippletree's result of {@link #complete}, {@link #stream(Prompt, Consumer)} or {@link #embed}
     *     for the prompt; anything else is ignored. A request for vectors that needs several calls gets those under
     *     way, whose vectors are stored, and no other
     */
    public void withdraw(CompletableFuture<?> answer) {
        assembly.engine().withdraw(Outcomes.ofEngine(answer));
        assembly.embedder().withdraw(answer);
    }

    /**
     * Estimates the time until further prompts will be answered, behind all that wait now, from limits, closures and
     * latencies. Calls no service. Thread-safe.
     *
     * @param like some of those prompts, one or more, of one route, by which their needs are estimated
     * @param calls the number of calls that they need; 0: the time is that of those that wait
     * @return empty if unknown, if longer than sixty days, or if the route is unknown
     * @throws IllegalArgumentException if {@code like} is empty
     */
    public Optional<Duration> timeFor(List<Prompt> like, long calls) {
        return assembly.engine().timeFor(like, calls);
    }

    /** Returns the present status. Fast, under load too. */
    public StatusSnapshot status() {
        return assembly.engine().status();
    }

    /**
     * Removes all stored answers from every cache, also those of prompts that were answered just before. Answers of
     * prompts under way are stored afterwards.
     *
     * @return completes with the number of answers removed from the cache that had most, -1 if none can tell; or with a
     *     cache's failure, such as ten minutes of silence
     */
    public CompletableFuture<Long> clearCaches() {
        return assembly.engine().clearCaches(Optional.empty());
    }

    /** Removes a tenant's stored answers from every cache, like {@link #clearCaches()}. */
    public CompletableFuture<Long> clearCaches(String tenant) {
        return assembly.engine().clearCaches(Optional.of(tenant));
    }

    /**
     * Removes the stored answer of a prompt, and so of all equal ones, from every cache: for an answer that turned out
     * to be of no use. An equal prompt that is asked after that makes a call, unless it joins one under way, which goes
     * on; its answer is stored. Caches within other processes keep their copies.
     *
     * @return completes when no cache has the answer any more; or with a cache's failure, or with a
     *     {@link ConfigurationException} if the prompt names an unknown route
     */
    public CompletableFuture<Void> forget(Prompt prompt) {
        return assembly.engine().forget(prompt);
    }

    /**
     * Confirms whether an answer was right, for caches that answer similar questions. Has no effect without such a
     * cache, or if the prompt declares no question. For an answer from a cache, {@code right} says whether it answers
     * this prompt. For any other answer, it says whether the stored answer that {@link #unconfirmed} returns would have
     * answered the prompt; if there is one, judge that one. Never throws.
     *
     * <pre>{@code
     * Completion answer = whippletree.complete(prompt).join();
     * Optional<Completion> stored = whippletree.unconfirmed(prompt);
     * if (stored.isPresent()) {
     *     whippletree.confirm(prompt, saysTheSame(stored.get(), answer));
     * } else if (answer.origin().source() == Origin.Source.CACHE) {
     *     whippletree.confirm(prompt, isRight(answer));
     * }
     * }</pre>
     */
    public void confirm(Prompt prompt, boolean right) {
        assembly.engine().confirmations().confirm(prompt, right);
    }

    /**
     * Returns whether an answer may be given to others who ask the same: it is whole, and its tool calls are undamaged.
     */
    public static boolean isReusable(Completion completion) {
        return AnswerCheck.isReusable(completion);
    }

    /**
     * Returns whether an answer may be given to others who ask this prompt: it is reusable, and is JSON if the prompt's
     * {@code response_format} demands that.
     */
    public static boolean isReusable(Prompt prompt, Completion completion) {
        return AnswerCheck.isReusable(prompt, completion);
    }

    /**
     * Returns the key that a prompt has in common with all equal ones, which share calls and stored answers by it. It
     * covers everything that changes the answer, and is the same in all processes with the same routes.
     *
     * @return empty if the prompt names an unknown route
     */
    public Optional<CacheKey> key(Prompt prompt) {
        return assembly.engine().key(prompt);
    }

    /**
     * Returns a key to confirm a prompt by after it is gone: its digest and its tenant, without its text.
     *
     * @return empty if the prompt declares no question, or names an unknown route
     */
    public Optional<CacheKey> confirmationKey(Prompt prompt) {
        return assembly.engine().confirmations().key(prompt);
    }

    /**
     * Confirms whether an answer was right, like {@link #confirm(Prompt, boolean)}. Never throws.
     *
     * @param key the result of {@link #confirmationKey} for the prompt
     */
    public void confirm(CacheKey key, boolean right) {
        assembly.engine().confirmations().confirm(key, right);
    }

    /**
     * Returns the stored answer of a similar question, if a cache asks whether it would have answered this prompt too;
     * answer with {@link #confirm}. Call this once the prompt has been answered.
     *
     * @return empty if no cache asks, or if the prompt declares no question
     */
    public Optional<Completion> unconfirmed(Prompt prompt) {
        return assembly.engine().confirmations().unconfirmed(prompt);
    }

    /**
     * Lets the next prompt try accounts that are off (no credit, token refused, or no model), instead of waiting for
     * their next check. Call this after you have fixed one.
     */
    public void recheck() {
        assembly.engine().recheck();
    }

    /**
     * Switches to another configuration while prompts are under way; none is lost. Reloads run one after the other.
     *
     * <p>Accounts are matched by id and routes by name. An account keeps everything known about it; if its provider or
     * the provider's own settings have changed, it keeps only the counts of its limits. A new token is used from the
     * next call on, and at once if the old one was refused. A new account takes prompts immediately, also waiting ones.
     * A removed account takes no more prompts, and its calls under way end normally. Earlier use of a limit counts
     * against the new one, as far back as it was counted. Waiting prompts keep their turn; a prompt whose route or
     * accounts are all gone ends with {@link PromptException.Reason#NO_ACCOUNT}.
     *
     * <p>Caches, coordinator, engine settings, state folder and plugins can't change at run time: the result and the
     * notes of {@link #status()} name such changes. Everything else is applied. Opens clients, so it may block as long
     * as that takes.
     *
     * @return the changes
     * @throws ConfigurationException if the configuration is invalid, with every problem; then nothing has changed
     * @throws IllegalStateException if this has been closed
     */
    public Reloaded reload(Configuration next) {
        synchronized (reloads) {
            Configuration checked = check(next);
            return reload(checked, Reloaded.between(configuration, checked), applied -> () -> {});
        }
    }

    /**
     * Reads the configuration again from the {@linkplain Builder#configuration(Path) file} or
     * {@linkplain Builder#configuration(ConfigurationSource) source} that this was built from, and applies it like
     * {@link #reload(Configuration)}.
     *
     * @return what has changed
     * @throws ConfigurationException if it can't be read or used, with every problem; nothing has changed then
     * @throws IllegalStateException if there is no such file or source, or this has been closed
     */
    public Reloaded reload() {
        return reload(applied -> () -> {});
    }

    /**
     * Reloads like {@link #reload()}, together with something else that uses the same configuration: both change, or
     * neither.
     *
     * @param companion gets the new configuration once everything that it names is open. It changes nothing yet, but
     *     prepares its own part and returns a task that applies it, which must not fail. An exception from the
     *     companion ends the reload, and nothing has changed then. Called once at most, on this thread; must not reload
     * @return what has changed
     * @throws ConfigurationException if it can't be read or used, with every problem; nothing has changed then
     * @throws IllegalStateException if there is no such file or source, or this has been closed
     */
    public Reloaded reload(Function<Configuration, Runnable> companion) {
        synchronized (reloads) {
            Configuration checked = check(intake.read());
            Reloaded changes = Reloaded.between(configuration, checked);
            return reload(checked, intake.namesOtherFolders() ? changes.withRestartFor("plugins") : changes, companion);
        }
    }

    /** The coordinator doesn't change, whatever the next configuration says. */
    private Configuration check(Configuration next) {
        return intake.check(next, configuration.coordinator().isPresent());
    }

    private Reloaded reload(Configuration checked, Reloaded changes, Function<Configuration, Runnable> companion) {
        Configuration next =
                configuration.reloaded(checked).withWarnings(lastingWarnings).withWarnings(changes.needsRestart());
        assembly.reload(
                next, () -> Objects.requireNonNull(companion.apply(next), "a companion returns what takes over"));
        configuration = next;
        next.warnings().forEach(LOG::warn);
        LOG.info("The configuration has been reloaded: {}", changes);
        return changes;
    }

    /** Returns the configuration in force. */
    public Configuration configuration() {
        return configuration;
    }

    /**
     * Takes no more prompts, lets those under way end, then frees everything.
     *
     * @param grace how long prompts under way may take; those left end with {@link PromptException.Reason#CLOSED}
     * @return ends when everything is freed; cancelling it ends nothing else
     */
    public CompletableFuture<Void> close(Duration grace) {
        var unused = assembly.engine().close(grace).whenComplete((nothing, failure) -> free());
        return freed.copy();
    }

    private void free() {
        if (closed.compareAndSet(false, true)) {
            try {
                assembly.close();
                ownTimeline.ifPresent(SystemTimeline::close);
                freed.complete(null);
            } catch (RuntimeException | Error e) {
                freed.completeExceptionally(e);
            }
        }
    }

    /**
     * Closes it with five seconds of grace, and blocks until it is closed. With a
     * {@linkplain Builder#timeline timeline} of the caller's, whose threads may be the caller's too, it doesn't wait:
     * join {@link #close(Duration)} there. It doesn't wait either where this Whippletree has called: in a plugin, a
     * listener, a subscriber, or a continuation on a thread of its own, which closing itself may wait for.
     */
    @Override
    public void close() {
        CompletableFuture<Void> freed = close(GRACE);
        if (ownTimeline.isPresent() && !isCalledByItself()) {
            freed.join();
        }
    }

    private static boolean isCalledByItself() {
        List<String> callers = List.of(Engine.class.getPackageName() + ".", Assembly.class.getPackageName() + ".");
        return StackWalker.getInstance()
                .walk(frames -> frames.map(StackWalker.StackFrame::getClassName)
                        .anyMatch(name -> callers.stream().anyMatch(name::startsWith)));
    }

    /** Builds a {@link Whippletree}. Confined to one thread. */
    public static final class Builder {

        private final Parts parts = new Parts();
        private final List<EngineListener> listeners = new ArrayList<>();
        private final List<Provider> providers = new ArrayList<>();
        private final List<Cache> caches = new ArrayList<>();
        private final List<BalancingStrategy> strategies = new ArrayList<>();
        private final List<Coordinator> coordinators = new ArrayList<>();
        private final List<Path> pluginFolders = new ArrayList<>();
        private BiFunction<AccountSettings, ProviderClient, ProviderClient> clients = (account, client) -> client;
        private boolean asksOnce;
        private boolean alone;
        private @Nullable Configuration configuration;
        private @Nullable ConfigurationSource source;
        private @Nullable Supplier<ConfigurationTree> tree;
        private @Nullable Path file;
        private @Nullable Timeline timeline;
        private @Nullable Path state;
        private @Nullable ClassLoader loader;

        private Builder() {}

        /**
         * Reads the whole configuration from a file. It can't be combined with accounts, routes, caches and the like,
         * only with {@link #model} and with {@link #environment}, the variables that the file may refer to.
         *
         * @param file has to exist; a relative path starts in the working directory
         */
        public Builder configuration(Path file) {
            this.file = Objects.requireNonNull(file, "file");
            return this;
        }

        /** Sets the whole configuration. It can't be combined with accounts, routes, caches and the like. */
        public Builder configuration(Configuration configuration) {
            this.configuration = Objects.requireNonNull(configuration, "configuration");
            return this;
        }

        /**
         * Reads the same configuration as the command line: a file if there is one, and the environment. It can't be
         * combined with accounts, routes, caches and the like, only with {@link #model}.
         */
        public Builder configuration(ConfigurationSource source) {
            this.source = Objects.requireNonNull(source, "source");
            return this;
        }

        /**
         * Reads the configuration from a program's own settings. It can't be combined with accounts, routes, caches and
         * the like.
         *
         * @param tree returns the present settings, at the start and at each {@link Whippletree#reload()}
         */
        public Builder configuration(Supplier<ConfigurationTree> tree) {
            this.tree = Objects.requireNonNull(tree, "tree");
            return this;
        }

        /**
         * Adds the accounts that these environment variables declare to the providers. With {@link
         * #configuration(Path)} the file may refer to these variables, instead of this process's.
         */
        public Builder environment(Map<String, String> environment) {
            parts.environment(environment);
            return this;
        }

        /** Adds an account. */
        public Builder account(AccountSettings account) {
            parts.account(account);
            return this;
        }

        /**
         * Adds an account that states nothing but what it must.
         *
         * @param id what status and errors call it
         * @param provider the name of its provider
         * @param token its credential; {@link #build} refuses null and empty ones, for example of a variable that isn't
         *     set
         */
        public Builder account(String id, String provider, @Nullable String token) {
            if (token == null || token.isBlank()) {
                parts.accountWithoutToken(id, provider);
                return this;
            }
            return account(id, provider, Secret.of(token));
        }

        /**
         * Adds an account that states nothing but what it must.
         *
         * @param id what status and errors call it
         * @param provider the name of its provider
         * @param token the source of its credential, such as {@link Secret#ofVariable}
         */
        public Builder account(String id, String provider, Secret token) {
            return account(AccountSettings.builder(id, provider).token(token).build());
        }

        /** Adds a route; the first is the default. Without routes, there is one of all accounts in one tier. */
        public Builder route(RouteSettings route) {
            parts.route(route);
            return this;
        }

        /** Sets the model of routes that name none; overrides the environment's {@code WHIPPLETREE_MODEL}. */
        public Builder model(String model) {
            parts.model(model);
            return this;
        }

        /** Adds a cache tier behind those before it, with its default settings. */
        public Builder cache(String name) {
            return cache(name, Map.of());
        }

        /** Adds a cache tier behind those before it. Without any, and without a configuration, nothing is cached. */
        public Builder cache(String name, Map<String, String> settings) {
            parts.cache(name, settings);
            return this;
        }

        /** Sets the coordinator by which several processes over the same accounts share limits and calls. */
        public Builder coordinator(String name, Map<String, String> settings) {
            parts.coordinator(name, settings);
            return this;
        }

        /**
         * Suits a program that is started again for each question. It doesn't open caches
         * {@linkplain Cache#endsWithProcess() that end with this process}, which would only delay it; it still checks
         * their settings' names. The first account of a tier doesn't always get the first turn: if the strategy takes
         * turns, the account whose limits are least used gets it, as recorded in a {@linkplain #state state folder},
         * and of equals one drawn by lot. Threads are platform threads, because virtual ones would delay the end of the
         * process.
         */
        public Builder asksOnce() {
            this.asksOnce = true;
            return this;
        }

        /**
         * Whatever is configured, shares nothing with other processes and keeps nothing for later ones, as a test
         * needs it: opens no coordinator, no {@linkplain Cache#isShared() shared} cache and no state folder. It still
         * checks their settings.
         */
        public Builder alone() {
            this.alone = true;
            return this;
        }

        /** Sets the settings of the whole engine. */
        public Builder engine(EngineSettings engine) {
            parts.engine(engine);
            return this;
        }

        /** Sets the weights by which tenants share the available room; by default all are equal. */
        public Builder tenantWeights(TenantWeights weights) {
            parts.tenantWeights(weights);
            return this;
        }

        /**
         * Sets the folder that keeps the limits' state over restarts; overrides the configuration's. Several processes
         * may share it. Without one, each process begins without a state.
         */
        public Builder state(Path folder) {
            this.state = Objects.requireNonNull(folder, "folder");
            return this;
        }

        /** Sets the source of time, timers, threads and random numbers; it isn't closed with the Whippletree. */
        public Builder timeline(Timeline timeline) {
            this.timeline = Objects.requireNonNull(timeline, "timeline");
            return this;
        }

        /** Adds a listener for the engine's events. */
        public Builder listener(EngineListener listener) {
            listeners.add(Objects.requireNonNull(listener, "listener"));
            return this;
        }

        /**
         * Sets a wrapper for each account's client, for instance to bound its calls. The client is closed with the
         * Whippletree, its wrapper isn't.
         *
         * @param wrapper returns what calls are made on, for an account and its client
         */
        public Builder clients(BiFunction<AccountSettings, ProviderClient, ProviderClient> wrapper) {
            this.clients = Objects.requireNonNull(wrapper, "wrapper");
            return this;
        }

        /** Adds a provider to those found. */
        public Builder provider(Provider provider) {
            providers.add(Objects.requireNonNull(provider, "provider"));
            return this;
        }

        /** Adds a cache backend to those found; the configuration must name it as a tier. */
        public Builder cache(Cache cache) {
            caches.add(Objects.requireNonNull(cache, "cache"));
            return this;
        }

        /** Adds a balancing strategy to those found. */
        public Builder strategy(BalancingStrategy strategy) {
            strategies.add(Objects.requireNonNull(strategy, "strategy"));
            return this;
        }

        /** Adds a coordinator to those found; the configuration must name it. */
        public Builder coordinator(Coordinator coordinator) {
            coordinators.add(Objects.requireNonNull(coordinator, "coordinator"));
            return this;
        }

        /** Sets the class loader of plugins; default: the thread's context class loader, or this class's. */
        public Builder classLoader(ClassLoader loader) {
            this.loader = Objects.requireNonNull(loader, "loader");
            return this;
        }

        /**
         * Adds a folder of plugins: each jar in it is a plugin, and so is each folder of jars. Each plugin has a class
         * loader of its own, closed with the Whippletree, and sees only the SPI, the model and SLF4J of this program. A
         * jar's service entries count if its manifest says {@code Whippletree-Plugin: <name>}.
         */
        public Builder plugins(Path folder) {
            pluginFolders.add(Objects.requireNonNull(folder, "folder"));
            return this;
        }

        /**
         * Returns the plugins that would be used; close them when they aren't needed any more.
         *
         * @throws ConfigurationException if two of one kind have the same name, or a folder of plugins can't be read
         */
        public PluginCatalog plugins() {
            return foundPlugins().withoutDuplicates();
        }

        /**
         * Returns all plugins found, also if two of one kind have the same name; close them when they aren't needed any
         * more.
         *
         * @throws ConfigurationException if a folder of plugins can't be read
         */
        public PluginCatalog foundPlugins() {
            return found(folder -> true);
        }

        private PluginCatalog found(Predicate<Path> which) {
            ClassLoader context = Thread.currentThread().getContextClassLoader();
            ClassLoader fallback = context != null ? context : Whippletree.class.getClassLoader();
            ClassLoader chosen = loader != null ? loader : fallback;
            List<Path> folders = new ArrayList<>(pluginFolders);
            input().map(input -> input.get().pluginFolders()).ifPresent(folders::addAll);
            folders.removeIf(which.negate());
            return new PluginCatalog(chosen, new GivenPlugins(providers, caches, strategies, coordinators), folders);
        }

        /**
         * Opens the accounts and caches, and starts. Makes no call. Logs settings that work but should be changed.
         *
         * @throws ConfigurationException if anything can't be used, with every problem; or if something given would
         *     have no effect because of something else, naming both
         */
        public Whippletree build() {
            requireEffects();
            PluginCatalog catalog = pluginsOrAllProblems();
            try {
                return build(catalog);
            } catch (RuntimeException | Error e) {
                catalog.close();
                throw e;
            }
        }

        /** Reports a missing folder of plugins together with all other problems. */
        private PluginCatalog pluginsOrAllProblems() {
            try {
                return plugins();
            } catch (ConfigurationException e) {
                List<String> problems = new ArrayList<>(e.problems());
                try (PluginCatalog others = found(folder -> Files.isDirectory(folder))) {
                    Configuration unused = checked(intake(others));
                } catch (ConfigurationException more) {
                    more.problems().stream()
                            .filter(problem -> !problems.contains(problem))
                            .forEach(problems::add);
                }
                throw new ConfigurationException(problems);
            }
        }

        private Whippletree build(PluginCatalog catalog) {
            Intake intake = intake(catalog);
            Configuration checked = checked(intake);
            Optional<StateFolder> folder = checked.state().map(StateFolder::open);
            List<String> lasting = folder.map(StateFolder::warnings).orElse(List.of());
            Configuration whole = checked.withWarnings(lasting);
            Hooks hooks = new Hooks(listeners, clients, folder);
            catalog.broken().forEach(entry -> LOG.warn("A plugin can't be loaded and isn't used: {}", entry));
            catalog.copies().forEach(copy -> LOG.warn("There are several copies of a plugin: {}", copy));
            whole.warnings().forEach(LOG::warn);
            if (timeline != null) {
                Assembly assembly = Assembly.of(catalog, whole, timeline, hooks);
                return new Whippletree(whole, intake, lasting, assembly, Optional.empty());
            }
            SystemTimeline own = asksOnce ? SystemTimeline.ofShortProcess() : new SystemTimeline();
            try {
                Assembly assembly = Assembly.of(catalog, whole, own, hooks);
                return new Whippletree(whole, intake, lasting, assembly, Optional.of(own));
            } catch (RuntimeException e) {
                own.close();
                throw e;
            }
        }

        private Intake intake(PluginCatalog catalog) {
            Optional<Supplier<? extends ConfigurationInput>> read = input();
            return new Intake(
                    catalog,
                    read.map(input -> input.get().environment())
                            .or(parts::environment)
                            .orElse(Map.of()),
                    read,
                    read.map(input -> input.get().pluginFolders()).orElse(List.of()),
                    Optional.ofNullable(state),
                    asksOnce,
                    alone);
        }

        /** Returns the configuration's source; empty if it was given. */
        private Optional<ConfigurationSource> source() {
            return file == null
                    ? Optional.ofNullable(source)
                    : Optional.of(new ConfigurationSource(
                            Optional.of(file), parts.environment().orElseGet(System::getenv), Path.of("")));
        }

        /** Returns the configuration's source for each reading; empty if it was given. */
        private Optional<Supplier<? extends ConfigurationInput>> input() {
            if (tree != null) {
                return Optional.of(tree);
            }
            return source().map(from -> {
                ConfigurationSource settled =
                        parts.model().map(from::withModel).orElse(from).settled();
                return () -> settled;
            });
        }

        private void requireEffects() {
            List<String> wholes = new ArrayList<>();
            if (file != null) {
                wholes.add("configuration(Path)");
            }
            if (configuration != null) {
                wholes.add("configuration(Configuration)");
            }
            if (source != null) {
                wholes.add("configuration(ConfigurationSource)");
            }
            if (tree != null) {
                wholes.add("configuration(Supplier)");
            }
            List<String> problems = wholes.size() > 1
                    ? List.of(String.join(" and ", wholes) + " each set the whole configuration; remove all but one")
                    : parts.conflicts(wholes.stream().findFirst(), partsBeside());
            if (!problems.isEmpty()) {
                throw new ConfigurationException(problems);
            }
        }

        /** Returns the parts that may be combined with a whole configuration. */
        private Set<Part> partsBeside() {
            if (configuration != null || tree != null) {
                return Set.of();
            }
            return source != null ? Set.of(Part.MODEL) : Set.of(Part.MODEL, Part.ENVIRONMENT);
        }

        private Configuration checked(Intake intake) {
            List<String> problems = new ArrayList<>(parts.missingTokens(intake.catalog()));
            try {
                Configuration whole = whole(intake);
                Configuration checked = intake.check(whole, whole.coordinator().isPresent());
                if (problems.isEmpty()) {
                    return checked;
                }
            } catch (ConfigurationException e) {
                problems.addAll(e.problems());
            }
            throw new ConfigurationException(problems);
        }

        /** The source can't name the variables: they depend on the plugins. */
        private static void requireAccount(ConfigurationSource from, PluginCatalog catalog) {
            if (from.file().isEmpty()
                    && catalog.accountsFrom(from.environment()).isEmpty()) {
                throw new ConfigurationException(
                        List.of("there is no account: write a configuration file, or set one of"
                                + " the environment variables "
                                + catalog.environmentVariables().keySet()));
            }
        }

        private Configuration whole(Intake intake) {
            if (configuration != null) {
                return configuration;
            }
            source().ifPresent(from -> requireAccount(from, intake.catalog()));
            return input().isPresent() ? intake.read() : parts.whole(intake.catalog());
        }
    }
}
