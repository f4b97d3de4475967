package dev.whippletree.model;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One request: for one completion of a conversation, or for the vectors of texts. Immutable; two prompts with equal
 * values are equal.
 *
 * <pre>{@code
 * Prompt prompt = Prompt.builder()
 *         .system("You interview people")
 *         .user("What do you do?", Image.of(URI.create("https://example.com/me.png")))
 *         .tool(Tool.of("weather", "Tells the weather of a city", schema))
 *         .session("interview-7")
 *         .deadline(Duration.ofMinutes(2))
 *         .build();
 * Prompt next = prompt.toBuilder()
 *         .message(Message.assistant(completion))
 *         .message(Message.tool("call-1", "sunny"))
 *         .build();
 * }</pre>
 */
public final class Prompt {

    private final List<Message> messages;
    private final Parameters parameters;
    private final Optional<String> route;
    private final String tenant;
    private final Optional<String> session;
    private final Optional<String> account;
    private final Set<String> accounts;
    private final Optional<String> model;
    private final Priority priority;
    private final Optional<Duration> deadline;
    private final boolean deadlineForFirstPiece;
    private final Optional<Duration> callerTimeout;
    private final CachePolicy cache;
    private final Optional<String> question;
    private final Operation operation;
    private final boolean endsWhenStalled;

    /** What a prompt asks for. */
    public enum Operation {
        /** A completion. */
        CHAT,
        /** A vector for each message, which is a user's text or its tokens. Of the parameters, only extras apply. */
        EMBEDDING
    }

    private Prompt(Builder from) {
        messages = List.copyOf(from.messages);
        parameters = new Parameters(from.temperature, from.topP, from.maxTokens, from.seed, from.stop, from.extras);
        route = from.route;
        tenant = from.tenant;
        session = from.session;
        account = from.account;
        accounts = from.accounts;
        model = from.model;
        priority = from.priority;
        deadline = from.deadline;
        deadlineForFirstPiece = from.deadlineForFirstPiece;
        callerTimeout = from.callerTimeout;
        cache = new CachePolicy(from.read, from.store, from.ttl);
        question = from.question;
        operation = from.operation;
        endsWhenStalled = from.endsWhenStalled;
        if (messages.isEmpty()) {
            throw new IllegalArgumentException("a prompt needs at least one message");
        }
        deadline.ifPresent(value -> requirePositive("a deadline", value));
        callerTimeout.ifPresent(value -> requirePositive("a caller's timeout", value));
        if (operation == Operation.EMBEDDING
                && !(parameters.equals(Parameters.NONE.withExtras(parameters.extras()))
                        && question.isEmpty()
                        && messages.stream().allMatch(Message::isInput))) {
            throw new IllegalArgumentException(
                    "texts to embed are user messages, and take no parameters of a chat such as max tokens");
        }
    }

    private static void requirePositive(String what, Duration value) {
        if (value.isZero() || value.isNegative()) {
            throw new IllegalArgumentException(what + " must be positive, not " + DurationText.of(value));
        }
    }

    /** Returns a prompt of one user message for the default route. */
    public static Prompt of(String text) {
        return builder().user(text).build();
    }

    /** Returns a prompt for the vectors of texts, for the default route. */
    public static Prompt embedding(List<String> texts) {
        Builder builder = builder().operation(Operation.EMBEDDING);
        texts.forEach(builder::user);
        return builder.build();
    }

    /** Returns a builder with no message yet. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns a builder with this prompt's values. */
    public Builder toBuilder() {
        Builder builder = new Builder().messages(messages).parameters(parameters);
        builder.route = route;
        builder.tenant = tenant;
        builder.session = session;
        builder.account = account;
        builder.accounts = accounts;
        builder.model = model;
        builder.priority = priority;
        builder.deadline = deadline;
        builder.deadlineForFirstPiece = deadlineForFirstPiece;
        builder.callerTimeout = callerTimeout;
        builder.read = cache.read();
        builder.store = cache.store();
        builder.ttl = cache.ttl();
        builder.question = question;
        builder.operation = operation;
        builder.endsWhenStalled = endsWhenStalled;
        return builder;
    }

    /** Returns the conversation, at least one message. */
    public List<Message> messages() {
        return messages;
    }

    /** Returns the parameters of the completion. */
    public Parameters parameters() {
        return parameters;
    }

    /** Returns the name of a configured route; absent: the default route. */
    public Optional<String> route() {
        return route;
    }

    /** Returns the party whose answers no other tenant may see; empty is a tenant like any other. */
    public String tenant() {
        return tenant;
    }

    /**
     * Returns the source of related prompts, the unit of fairness; absent: all such prompts of the tenant are one
     * session.
     */
    public Optional<String> session() {
        return session;
    }

    /** Returns the only account that may answer; absent: any. */
    public Optional<String> account() {
        return account;
    }

    /** Returns the ids of the only accounts that may answer; empty: any. */
    public Set<String> accounts() {
        return accounts;
    }

    /** Returns the only model of the route that may answer; absent: any. */
    public Optional<String> model() {
        return model;
    }

    /** Returns how urgent it is. */
    public Priority priority() {
        return priority;
    }

    /** Returns the longest time that the caller waits; absent: the route's. */
    public Optional<Duration> deadline() {
        return deadline;
    }

    /**
     * Returns whether the deadline of a streaming caller ends with the first piece of the answer; it starts again if
     * the answer breaks off.
     */
    public boolean deadlineForFirstPiece() {
        return deadlineForFirstPiece;
    }

    /**
     * Returns after how long the caller gives up, if known: a prompt that still waits shortly before is refused ({@link
     * PromptException.Reason#CALLER_TIMEOUT}), so that the caller learns when to ask again; it doesn't end a call under
     * way.
     */
    public Optional<Duration> callerTimeout() {
        return callerTimeout;
    }

    /** Returns how the prompt may use the caches. */
    public CachePolicy cache() {
        return cache;
    }

    /** Returns the part of the last message that may vary in wording; absent: none. */
    public Optional<String> question() {
        return question;
    }

    /** Returns what is asked for. */
    public Operation operation() {
        return operation;
    }

    /** Returns whether it ends when its route is stalled, as {@link Builder#endWhenStalled()} says. */
    public boolean endsWhenStalled() {
        return endsWhenStalled;
    }

    private List<Object> values() {
        return List.of(
                messages,
                parameters,
                route,
                tenant,
                session,
                account,
                accounts,
                model,
                priority,
                deadline,
                deadlineForFirstPiece,
                callerTimeout,
                cache,
                question,
                operation,
                endsWhenStalled);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Prompt prompt && values().equals(prompt.values());
    }

    @Override
    public int hashCode() {
        return values().hashCode();
    }

    /** Returns sizes only, since prompts mustn't be logged. */
    @Override
    public String toString() {
        int characters =
                messages.stream().mapToInt(message -> message.text().length()).sum();
        return "prompt of " + messages.size() + " messages, " + characters + " characters, for "
                + route.map(name -> "route " + name).orElse("the default route");
    }

    /** Builds a prompt. Confined to one thread; may be used again after {@link #build()}. */
    public static final class Builder {

        private static final String TOOLS = "tools";

        private final List<Message> messages = new ArrayList<>();
        private final Map<String, Object> extras = new LinkedHashMap<>();
        private OptionalDouble temperature = OptionalDouble.empty();
        private OptionalDouble topP = OptionalDouble.empty();
        private OptionalInt maxTokens = OptionalInt.empty();
        private OptionalLong seed = OptionalLong.empty();
        private List<String> stop = List.of();
        private Optional<String> route = Optional.empty();
        private String tenant = "";
        private Optional<String> session = Optional.empty();
        private Optional<String> account = Optional.empty();
        private Set<String> accounts = Set.of();
        private Optional<String> model = Optional.empty();
        private Priority priority = Priority.INTERACTIVE;
        private Optional<Duration> deadline = Optional.empty();
        private boolean deadlineForFirstPiece;
        private Optional<Duration> callerTimeout = Optional.empty();
        private boolean read = true;
        private boolean store = true;
        private Optional<Duration> ttl = Optional.empty();
        private Optional<String> question = Optional.empty();
        private Operation operation = Operation.CHAT;
        private boolean endsWhenStalled;

        private Builder() {}

        /** Adds instructions to the model. */
        public Builder system(String text) {
            return message(Message.system(text));
        }

        /** Adds a message from the user. */
        public Builder user(String text) {
            return message(Message.user(text));
        }

        /** Adds a message from the user with images, as {@link Message#user(String, Image...)} does. */
        public Builder user(String text, Image... images) {
            return message(Message.user(text, images));
        }

        /** Adds a message. */
        public Builder message(Message message) {
            messages.add(Objects.requireNonNull(message, "message"));
            return this;
        }

        /** Sets all messages, instead of those added before. */
        public Builder messages(Collection<Message> messages) {
            List<Message> others = List.copyOf(Objects.requireNonNull(messages, "messages"));
            this.messages.clear();
            this.messages.addAll(others);
            return this;
        }

        /** Sets all parameters, instead of those set before. */
        public Builder parameters(Parameters parameters) {
            temperature = Objects.requireNonNull(parameters, "parameters").temperature();
            topP = parameters.topP();
            maxTokens = parameters.maxTokens();
            seed = parameters.seed();
            stop = parameters.stop();
            extras.clear();
            extras.putAll(parameters.extras());
            return this;
        }

        /** Sets how freely the model chooses, 0 to 2. */
        public Builder temperature(double temperature) {
            this.temperature = OptionalDouble.of(temperature);
            return this;
        }

        /** Sets the share of probability to choose from, above 0 and at most 1. */
        public Builder topP(double topP) {
            this.topP = OptionalDouble.of(topP);
            return this;
        }

        /** Sets the most tokens the completion may have, 1 or more. */
        public Builder maxTokens(int maxTokens) {
            this.maxTokens = OptionalInt.of(maxTokens);
            return this;
        }

        /** Sets a seed for services that support repeatable answers. */
        public Builder seed(long seed) {
            this.seed = OptionalLong.of(seed);
            return this;
        }

        /** Sets texts at which the completion ends, at most 4. */
        public Builder stop(List<String> stop) {
            this.stop = List.copyOf(Objects.requireNonNull(stop, "stop"));
            return this;
        }

        /** Adds a tool that the model may call, behind those among the extras. */
        public Builder tool(Tool tool) {
            Objects.requireNonNull(tool, "tool");
            List<Object> tools =
                    extras.get(TOOLS) instanceof List<?> before ? new ArrayList<>(before) : new ArrayList<>();
            tools.add(tool.toJson());
            return extra(TOOLS, tools);
        }

        /**
         * Requires an answer in JSON: sets the extra {@code response_format}. How strictly a service keeps to the
         * schema is its own affair, so read the answer with care. An answer that isn't JSON isn't stored.
         *
         * @param schema a JSON Schema of an object, in JDK types
         */
        public Builder responseSchema(Map<String, ?> schema) {
            return extra(
                    "response_format",
                    JsonValues.object(
                            "type",
                            "json_schema",
                            "json_schema",
                            JsonValues.object("name", "answer", "schema", Objects.requireNonNull(schema, "schema"))));
        }

        /** Sets another field of the protocol's request, as a JSON value in JDK types; null leaves it out. */
        public Builder extra(String field, @Nullable Object value) {
            Objects.requireNonNull(field, "field");
            if (value == null) {
                extras.remove(field);
            } else {
                extras.put(field, value);
            }
            return this;
        }

        /** Sets the route by its configured name. */
        public Builder route(String route) {
            this.route = Optional.of(Objects.requireNonNull(route, "route"));
            return this;
        }

        /** Sets the tenant, whose answers no other tenant may see. */
        public Builder tenant(String tenant) {
            this.tenant = Objects.requireNonNull(tenant, "tenant");
            return this;
        }

        /** Sets the session: the unit of fairness. */
        public Builder session(String session) {
            this.session = Optional.of(Objects.requireNonNull(session, "session"));
            return this;
        }

        /** Sets the only account that may answer, by its id. */
        public Builder account(String account) {
            this.account = Optional.of(Objects.requireNonNull(account, "account"));
            return this;
        }

        /** Sets the only accounts that may answer, by their ids; none: any may. */
        public Builder accounts(Collection<String> accounts) {
            this.accounts = Set.copyOf(Objects.requireNonNull(accounts, "accounts"));
            return this;
        }

        /** Sets the only model of the route that may answer, as its targets name it. */
        public Builder model(String model) {
            this.model = Optional.of(Objects.requireNonNull(model, "model"));
            return this;
        }

        /** Sets how urgent it is. */
        public Builder priority(Priority priority) {
            this.priority = Objects.requireNonNull(priority, "priority");
            return this;
        }

        /** Sets the longest time that the caller waits, or that it is the route's. */
        public Builder deadline(Optional<Duration> deadline) {
            this.deadline = Objects.requireNonNull(deadline, "deadline");
            return this;
        }

        /** Sets the longest time that the caller waits. */
        public Builder deadline(Duration deadline) {
            this.deadline = Optional.of(Objects.requireNonNull(deadline, "deadline"));
            this.deadlineForFirstPiece = false;
            return this;
        }

        /**
         * Sets the longest time that the caller waits for the first piece of the answer; for the whole answer, if no
         * caller streams it. If an answer breaks off, the time starts again, provided that more had come by then than
         * at its last start.
         */
        public Builder firstPieceWithin(Duration deadline) {
            this.deadline = Optional.of(Objects.requireNonNull(deadline, "deadline"));
            this.deadlineForFirstPiece = true;
            return this;
        }

        /**
         * Sets after how long the caller gives up; a streaming caller, on the first piece of the answer.
         */
        public Builder callerTimeout(Duration timeout) {
            this.callerTimeout = Optional.of(Objects.requireNonNull(timeout, "timeout"));
            return this;
        }

        /** Requires an answer of its own: neither a stored one nor one that another caller is waiting for. */
        public Builder noCache() {
            this.read = false;
            return this;
        }

        /** Keeps the answer out of the caches. */
        public Builder noStore() {
            this.store = false;
            return this;
        }

        /** Sets how long the answer may be stored; not together with {@link #noStore}. */
        public Builder ttl(Duration ttl) {
            this.ttl = Optional.of(Objects.requireNonNull(ttl, "ttl"));
            return this;
        }

        /** Declares which part of the prompt may vary in wording. */
        public Builder question(String question) {
            this.question = Optional.of(Objects.requireNonNull(question, "question"));
            return this;
        }

        /** Sets what is asked for; a completion by default. */
        public Builder operation(Operation operation) {
            this.operation = Objects.requireNonNull(operation, "operation");
            return this;
        }

        /**
         * Ends the prompt ({@link PromptException.Reason#DEADLINE}) when its route is stalled: for the route's timeout
         * {@code whole} and 30 s more, no account that may answer has accepted a call, and none is known to have room
         * later, by its limits or by what its service said. A call that is under way then may still answer the prompt.
         * Without this, only a deadline bounds how long a prompt waits.
         */
        public Builder endWhenStalled() {
            return endWhenStalled(true);
        }

        /** Sets whether the prompt ends when its route is stalled; false by default. */
        public Builder endWhenStalled(boolean endsWhenStalled) {
            this.endsWhenStalled = endsWhenStalled;
            return this;
        }

        /**
         * Returns the prompt.
         *
         * @throws IllegalArgumentException if there is no message or a value is out of range
         */
        public Prompt build() {
            return new Prompt(this);
        }
    }
}
