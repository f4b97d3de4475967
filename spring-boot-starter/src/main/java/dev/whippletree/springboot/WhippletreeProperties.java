package dev.whippletree.springboot;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The keys of {@code whippletree.*}, which are those of the configuration file: for editors, which complete them, and
 * to recognise a key in each of the forms that Spring Boot allows. Nothing is bound to it: the reader of the
 * configuration file reads the values, and a test keeps its keys and these equal. A key that may be written in several
 * forms is an {@code Object}.
 *
 * @param accounts the accounts; without any, those that the environment declares
 * @param defaultRoute the route for prompts that name none; by default the first
 * @param routes the routes by name; without any, one route named default with all accounts in one tier
 * @param caches the caches, nearest first: a name, or a name with the cache's settings
 * @param coordinator how several processes share limits and calls: a name, or a name with its settings
 * @param gateway the settings of a gateway that the application starts itself
 * @param lineSize how many prompts may wait at once
 * @param tenantLineSize how many prompts of one tenant may wait at once; by default as line-size
 * @param tenantWeights how tenants share the available room, by their names: 1 to 1000
 * @param batchShare the share of starts that batch prompts get while interactive prompts wait: 0% to 50%
 * @param maxConcurrency concurrent calls on an account that states no number of its own
 * @param cacheTimeout how long to wait for a cache before it counts as a miss
 * @param state the folder that keeps the state of limits between processes; it must exist
 * @param plugins a folder of plugins; it must exist
 * @param prices the file of the price list
 */
@ConfigurationProperties(WhippletreeProperties.PREFIX)
record WhippletreeProperties(
        @Nullable List<Account> accounts,
        @Nullable String defaultRoute,
        @Nullable Map<String, Route> routes,
        @Nullable List<Object> caches,
        @Nullable Object coordinator,
        @Nullable Gateway gateway,
        @Nullable Integer lineSize,
        @Nullable Integer tenantLineSize,
        @Nullable Map<String, Integer> tenantWeights,
        @Nullable String batchShare,
        @Nullable Integer maxConcurrency,
        @Nullable Duration cacheTimeout,
        @Nullable String state,
        @Nullable String plugins,
        @Nullable String prices) {

    /** What the names of all properties begin with. */
    static final String PREFIX = "whippletree";

    /** The keys whose own keys are names that a user chooses. */
    static final Set<String> NAMED = Set.of("routes", "tenant-weights");

    /**
     * A credential for a service.
     *
     * @param id the name of the account in status, errors and logs; required, unique
     * @param provider huggingface, groq, openai, or the name of another provider; required
     * @param token the credential: a placeholder, or ${file:/path} for a file that is read again for each call
     * @param organization accounts of one organization share its limits; by default its own
     * @param weight its share of the load relative to others of the tier
     * @param maxConcurrency concurrent calls, 1 or more
     * @param transit the longest time a request takes to reach the service
     * @param limits amounts per window, such as 1000 requests / 1h; or {limit, model} for one model
     * @param limitScope what limits apply to whose service doesn't say: model or organization
     * @param credit what it may spend, such as 0.10 usd / month
     * @param baseUrl the service's address
     * @param connectTimeout how long connecting may take
     * @param billTo the organization that pays (huggingface)
     * @param maxTokensField the field that bounds a completion: max_tokens or max_completion_tokens (openai)
     * @param embeddingInputs the most texts that one call embeds (openai, huggingface)
     * @param embeddingTokens the most tokens of all texts that one call embeds (openai, huggingface)
     */
    record Account(
            String id,
            String provider,
            @Nullable String token,
            @Nullable String organization,
            @Nullable Integer weight,
            @Nullable Integer maxConcurrency,
            @Nullable Duration transit,
            @Nullable List<Object> limits,
            @Nullable String limitScope,
            @Nullable String credit,
            @Nullable String baseUrl,
            @Nullable Duration connectTimeout,
            @Nullable String billTo,
            @Nullable String maxTokensField,
            @Nullable Integer embeddingInputs,
            @Nullable Integer embeddingTokens) {}

    /**
     * A name that callers use for a model.
     *
     * @param tiers targets {account, model}, or lists of equally good ones; later tiers are fallbacks
     * @param model instead of tiers, with accounts: the model of a single tier
     * @param accounts instead of tiers: the accounts of a single tier; by default all
     * @param strategy how a target of a tier is chosen: a name, or a name with the strategy's settings
     * @param patience how long a prompt waits for a tier before the next one may take it
     * @param deadline how long a prompt waits that states no deadline
     * @param aliases other names for the route
     * @param leave the share of each limit that batch prompts leave free for others: 0% to 90%
     * @param maxTokens the maximum that is sent with prompts that set none; by default none is sent
     * @param ttl how long answers may be stored; off: not at all
     * @param attempts the most calls one prompt makes on one target
     * @param backoff the pause before the same target is tried again
     * @param retryBudget retries the route may make
     * @param timeouts how long a call may be silent
     */
    record Route(
            @Nullable List<Object> tiers,
            @Nullable String model,
            @Nullable List<String> accounts,
            @Nullable Object strategy,
            @Nullable Duration patience,
            @Nullable Duration deadline,
            @Nullable List<String> aliases,
            @Nullable String leave,
            @Nullable Integer maxTokens,
            @Nullable String ttl,
            @Nullable Integer attempts,
            @Nullable Backoff backoff,
            @Nullable RetryBudget retryBudget,
            @Nullable Timeouts timeouts) {}

    /**
     * The pause before the same target is tried again: a random part of a bound that doubles.
     *
     * @param first the first bound
     * @param most the last bound
     */
    record Backoff(@Nullable Duration first, @Nullable Duration most) {}

    /**
     * Retries a route may make.
     *
     * @param share this share of the prompts that need a call
     * @param perSecond plus so many a second
     */
    record RetryBudget(@Nullable String share, @Nullable Double perSecond) {}

    /**
     * How long a call may be silent, and how long it may take.
     *
     * @param firstByte until the response begins; unset by default
     * @param firstToken before a streamed answer starts; if unset, as long as suits the route
     * @param betweenTokens between the pieces of a streamed answer
     * @param whole until any answer is complete; if unset, 2 minutes in one piece and 10 streamed
     */
    record Timeouts(
            @Nullable Duration firstByte,
            @Nullable Duration firstToken,
            @Nullable Duration betweenTokens,
            @Nullable Duration whole) {}

    /**
     * The settings of a gateway that the application starts itself.
     *
     * @param host the address it listens on
     * @param port the port
     * @param clients who may use it
     * @param watchKey the key for the status and the metrics
     * @param maxBodyBytes the largest request
     * @param maxEmbeddingInputs the most texts of a request to embed
     * @param memory how much of the heap all requests in progress may take together
     * @param maxConnections how many connections it keeps open at once
     * @param idleTimeout how long a connection may be idle before it is closed
     * @param clientTimeout how long a client may take to send a request, and to read what is sent to it
     * @param deadline how long a request waits that states no deadline
     * @param finishAbandoned whether a call for a whole answer goes on when its client has left
     * @param batches where files and batches are kept; by default there are none
     * @param trace the folder for a line for each prompt, without its text; by default there is none
     * @param showAccounts whether clients see the ids of accounts
     */
    record Gateway(
            @Nullable String host,
            @Nullable Integer port,
            @Nullable List<Client> clients,
            @Nullable String watchKey,
            @Nullable Integer maxBodyBytes,
            @Nullable Integer maxEmbeddingInputs,
            @Nullable String memory,
            @Nullable Integer maxConnections,
            @Nullable Duration idleTimeout,
            @Nullable Duration clientTimeout,
            @Nullable Duration deadline,
            @Nullable Boolean finishAbandoned,
            @Nullable Batches batches,
            @Nullable String trace,
            @Nullable Boolean showAccounts) {}

    /**
     * Files and batches of the gateway.
     *
     * @param folder where they are kept; required
     * @param keep how long a file is kept, and a batch after its end
     * @param maxFileBytes the largest file
     * @param maxBytes how much all files of a client may have
     * @param maxFiles how many files a client may have
     * @param maxLines how many lines a client's batches under way may have together
     * @param maxOpen how many batches a client may have under way
     * @param refuseLate whether a batch fails at once that can't end in its window
     */
    record Batches(
            String folder,
            @Nullable Duration keep,
            @Nullable String maxFileBytes,
            @Nullable String maxBytes,
            @Nullable Integer maxFiles,
            @Nullable Integer maxLines,
            @Nullable Integer maxOpen,
            @Nullable Boolean refuseLate) {}

    /**
     * Who may use the gateway.
     *
     * @param name its tenant; required
     * @param key its key; required
     * @param limits how much it may use
     * @param weight its share of the room beside other clients
     * @param accounts the accounts that may answer it; by default all
     * @param routes the routes it may name; by default all
     * @param keepAlive whether its responses begin, with something to be skipped, rather than be silent for long
     */
    record Client(
            String name,
            String key,
            @Nullable List<String> limits,
            @Nullable Integer weight,
            @Nullable List<String> accounts,
            @Nullable List<String> routes,
            @Nullable Boolean keepAlive) {}
}
