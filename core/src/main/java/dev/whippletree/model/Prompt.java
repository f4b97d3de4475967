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

/**
 * One request: for one completion of a conversation, or for the vectors of texts. Immutable; made by
 * {@link #of(String)}, {@link #embedding} or {@link #builder()}.
 *
 * @param messages the conversation, at least one message
 * @param parameters the parameters of the completion
 * @param route the name of a configured route; absent: the default route
 * @param tenant the party whose answers no other tenant may see; empty is a tenant like any other
 * @param session the source of related prompts, the unit of fairness; absent: all such prompts of the tenant are one
 *     session
 * @param account the only account that may answer; absent: any
 * @param accounts the ids of the only accounts that may answer; empty: any
 * @param model the only model of the route that may answer; absent: any
 * @param priority how urgent it is
 * @param deadline the longest time that the caller waits; absent: the route's
 * @param deadlineForFirstPiece whether the deadline of a streaming caller ends with the first piece of the answer; it
 *     starts again if the answer breaks off
 * @param callerTimeout after how long the caller gives up, if known: a prompt that still waits shortly before is
 *     refused ({@link PromptException.Reason#CALLER_TIMEOUT}), so that the caller learns when to ask again; it doesn't
 *     end a call under way
 * @param cache how the prompt may use the caches
 * @param question the part of the last message that may vary in wording; absent: none
 * @param operation what is asked for
 */
public record Prompt(
        List<Message> messages,
        Parameters parameters,
        Optional<String> route,
        String tenant,
        Optional<String> session,
        Optional<String> account,
        Set<String> accounts,
        Optional<String> model,
        Priority priority,
        Optional<Duration> deadline,
        boolean deadlineForFirstPiece,
        Optional<Duration> callerTimeout,
        CachePolicy cache,
        Optional<String> question,
        Operation operation) {

    /** What a prompt asks for. */
    public enum Operation {
        /** A completion. */
        CHAT,
        /** A vector for each message, which is a user's text or its tokens. Of the parameters, only extras apply. */
        EMBEDDING
    }

    /** Checks that there is a message, that a deadline is positive, and that texts to embed have nothing of a chat. */
    public Prompt {
        messages = List.copyOf(messages);
        if (messages.isEmpty()) {
            throw new IllegalArgumentException("a prompt needs at least one message");
        }
        Objects.requireNonNull(parameters, "parameters");
        Objects.requireNonNull(route, "route");
        Objects.requireNonNull(tenant, "tenant");
        Objects.requireNonNull(session, "session");
        Objects.requireNonNull(account, "account");
        accounts = Set.copyOf(accounts);
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(priority, "priority");
        Objects.requireNonNull(cache, "cache");
        Objects.requireNonNull(question, "question");
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
            throw new IllegalArgumentException(what + " must be positive, not " + value);
        }
    }

    /** Returns a prompt of one user message for the default route. */
    public static Prompt of(String text) {
        return builder().user(text).build();
    }

    /** Returns a builder with no message yet. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns a prompt for the vectors of texts, for the default route. */
    public static Prompt embedding(List<String> texts) {
        Builder builder = builder().operation(Operation.EMBEDDING);
        texts.forEach(builder::user);
        return builder.build();
    }

    /** Returns this prompt with other parameters. */
    public Prompt withParameters(Parameters parameters) {
        return with(messages, parameters, session, model, deadline, callerTimeout);
    }

    /** Returns this prompt on behalf of a session. */
    public Prompt session(String session) {
        return with(messages, parameters, Optional.of(session), model, deadline, callerTimeout);
    }

    /** Returns this prompt with other messages, for one model of its route alone. */
    public Prompt withMessages(List<Message> messages, String model) {
        return with(messages, parameters, session, Optional.of(model), deadline, callerTimeout);
    }

    /** Returns this prompt with other times that its caller waits. */
    public Prompt within(Optional<Duration> deadline, Optional<Duration> callerTimeout) {
        return with(messages, parameters, session, model, deadline, callerTimeout);
    }

    private Prompt with(
            List<Message> messages,
            Parameters parameters,
            Optional<String> session,
            Optional<String> model,
            Optional<Duration> deadline,
            Optional<Duration> callerTimeout) {
        return new Prompt(
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
                operation);
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

        private Builder() {}

        /** Adds instructions to the model. */
        public Builder system(String text) {
            return message(Message.system(text));
        }

        /** Adds a message from the user. */
        public Builder user(String text) {
            return message(Message.user(text));
        }

        /** Adds a message. */
        public Builder message(Message message) {
            messages.add(message);
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
            this.stop = List.copyOf(stop);
            return this;
        }

        /** Sets another field of the protocol's request, as a JSON value in JDK types. */
        public Builder extra(String field, Object value) {
            extras.put(field, value);
            return this;
        }

        /** Sets the route by its configured name. */
        public Builder route(String route) {
            this.route = Optional.of(route);
            return this;
        }

        /** Sets the tenant, whose answers no other tenant may see. */
        public Builder tenant(String tenant) {
            this.tenant = tenant;
            return this;
        }

        /** Sets the session: the unit of fairness. */
        public Builder session(String session) {
            this.session = Optional.of(session);
            return this;
        }

        /** Sets the only account that may answer, by its id. */
        public Builder account(String account) {
            this.account = Optional.of(account);
            return this;
        }

        /** Sets the only accounts that may answer, by their ids; none: any may. */
        public Builder accounts(Collection<String> accounts) {
            this.accounts = Set.copyOf(accounts);
            return this;
        }

        /** Sets the only model of the route that may answer, as its targets name it. */
        public Builder model(String model) {
            this.model = Optional.of(model);
            return this;
        }

        /** Sets how urgent it is. */
        public Builder priority(Priority priority) {
            this.priority = priority;
            return this;
        }

        /** Sets the longest time that the caller waits. */
        public Builder deadline(Duration deadline) {
            this.deadline = Optional.of(deadline);
            this.deadlineForFirstPiece = false;
            return this;
        }

        /**
         * Sets the longest time that the caller waits for the first piece of the answer; for the whole answer, if no
         * caller streams it. If an answer breaks off, the time starts again.
         */
        public Builder firstPieceWithin(Duration deadline) {
            this.deadline = Optional.of(deadline);
            this.deadlineForFirstPiece = true;
            return this;
        }

        /**
         * Sets after how long the caller gives up; a streaming caller, on the first piece of the answer.
         */
        public Builder callerTimeout(Duration timeout) {
            this.callerTimeout = Optional.of(timeout);
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
            this.ttl = Optional.of(ttl);
            return this;
        }

        /** Declares which part of the prompt may vary in wording. */
        public Builder question(String question) {
            this.question = Optional.of(question);
            return this;
        }

        /** Sets what is asked for; a completion by default. */
        public Builder operation(Operation operation) {
            this.operation = operation;
            return this;
        }

        /**
         * Returns the prompt.
         *
         * @throws IllegalArgumentException if there is no message or a value is out of range
         */
        public Prompt build() {
            return new Prompt(
                    messages,
                    new Parameters(temperature, topP, maxTokens, seed, stop, extras),
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
                    new CachePolicy(read, store, ttl),
                    question,
                    operation);
        }
    }
}
