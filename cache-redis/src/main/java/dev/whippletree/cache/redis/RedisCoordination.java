package dev.whippletree.cache.redis;

import dev.whippletree.cache.redis.contact.Contact;
import dev.whippletree.cache.redis.contact.CoordinationCommands;
import dev.whippletree.cache.redis.contact.CoordinationSettings;
import dev.whippletree.cache.redis.contact.Tokens;
import dev.whippletree.cache.redis.limits.Accounts;
import dev.whippletree.cache.redis.link.CorruptValue;
import dev.whippletree.cache.redis.link.OutageLog;
import dev.whippletree.cache.redis.notices.Claims;
import dev.whippletree.cache.redis.notices.Closings;
import dev.whippletree.cache.redis.notices.Notice;
import dev.whippletree.model.Scope;
import dev.whippletree.model.TokenCount;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.Claim;
import dev.whippletree.spi.Coordination;
import dev.whippletree.spi.CoordinationListener;
import dev.whippletree.spi.CoordinationStatus;
import dev.whippletree.spi.Grant;
import dev.whippletree.spi.LimitUse;
import dev.whippletree.spi.ScopeClosing;
import dev.whippletree.spi.Services;
import dev.whippletree.spi.TenantTurn;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/** One process among others, over what they share. Thread-safe; no method blocks. After closing, stages fail. */
final class RedisCoordination implements Coordination, Contact.Member {

    private final CoordinationCommands commands;
    private final CoordinationSettings settings;
    private final Tokens tokens;
    private final Contact contact;
    private final Accounts accounts;
    private final Claims claims;
    private final Closings closings;
    private final CorruptValue corrupt;
    private final OutageLog outage;
    private volatile boolean closed;

    private RedisCoordination(
            CoordinationSettings settings, CoordinationCommands commands, Services services, CorruptValue corrupt) {
        this.settings = settings;
        this.corrupt = corrupt;
        this.commands = commands;
        outage = new OutageLog(services);
        tokens = new Tokens(services.random());
        Duration timeout = settings.redis().commandTimeout();
        contact = new Contact(commands, services, tokens.process(), settings.processes(), timeout);
        claims = new Claims(commands, contact, tokens, services, settings.claimLease());
        closings = new Closings(commands, contact, tokens, services, corrupt);
        accounts = new Accounts(
                new Accounts.Parts(commands, contact, tokens, services, settings.callLease(), closings::pass));
    }

    /** Opens one and begins to connect; what the commands ignore is noted as what is ignored here. */
    static RedisCoordination open(
            CoordinationSettings settings, CoordinationCommands commands, Services services, CorruptValue corrupt) {
        RedisCoordination opened = new RedisCoordination(settings, commands, services, corrupt);
        opened.start();
        return opened;
    }

    private void start() {
        contact.add(claims);
        contact.add(closings);
        contact.add(this);
        commands.start(new CoordinationCommands.Events() {
            /** A cluster is connected to anew again and again while a shard is away: that costs no trade of others. */
            @Override
            public void connected() {
                if (settings.redis().isCluster()) {
                    contact.beat();
                } else {
                    contact.connected();
                }
            }

            @Override
            public void subscribed() {
                claims.lookAgain();
                closings.read();
            }

            @Override
            public void notice(String text) {
                Notice.read(text, corrupt)
                        .filter(notice -> !notice.process().equals(tokens.process()))
                        .ifPresent(notice -> {
                            claims.hear(notice);
                            closings.hear(notice);
                        });
            }
        });
        contact.start();
    }

    @Override
    public CompletionStage<Grant> reserve(List<LimitUse> uses, TenantTurn turn) {
        return closed ? afterClose() : accounts.reserve(List.copyOf(uses), turn);
    }

    @Override
    public void settle(String grant, Optional<TokenCount> used, Duration sinceArrival) {
        accounts.settle(grant, used, sinceArrival);
    }

    @Override
    public void release(String grant) {
        accounts.release(grant);
    }

    @Override
    public void enter(LimitUse limit, Map<Duration, Long> uses) {
        accounts.enter(limit, uses);
    }

    /** While this process uses the limit, or waits for it, each trade tells; others it needn't know. */
    @Override
    public OptionalLong left(LimitUse use) {
        return accounts.left(use);
    }

    @Override
    public CompletionStage<Claim> claim(CacheKey key) {
        return closed ? afterClose() : claims.claim(key);
    }

    @Override
    public CompletionStage<Boolean> claimProbe(Scope scope, Duration lease) {
        return closed ? afterClose() : closings.claimProbe(scope, lease);
    }

    @Override
    public void closed(ScopeClosing closing) {
        closings.closed(closing);
    }

    @Override
    public void reopened(Scope scope) {
        closings.reopened(scope);
    }

    @Override
    public void listen(CoordinationListener listener) {
        if (!closed) {
            closings.listen(listener);
        }
    }

    @Override
    public CoordinationStatus status() {
        Optional<String> problem = problem();
        return new CoordinationStatus(
                problem.isEmpty() && (contact.isSettled() || contact.isDoubtful()),
                contact.processes(),
                accounts.alone(),
                problems(problem),
                remarks());
    }

    private List<String> remarks() {
        return Stream.concat(Stream.of("Redis at " + settings.redis().address() + "."), accounts.remarks())
                .toList();
    }

    private Optional<String> problems(Optional<String> problem) {
        return Stream.of(problem, commands.remark(), corrupt.sentence())
                .flatMap(Optional::stream)
                .reduce((first, second) -> first + "; " + second);
    }

    private Optional<String> problem() {
        Problem problem = new Problem(settings.redis(), contact.shares());
        if (contact.isDoubtful()) {
            return Optional.empty();
        }
        if (!contact.isSettled()) {
            return contact.trouble().map(problem::ofContact);
        }
        SortedMap<String, Throwable> troubles = accounts.troubles();
        return troubles.isEmpty() ? Optional.empty() : Optional.of(problem.ofLimits(troubles));
    }

    /** Logs that limits aren't shared any more, and that they are again. */
    @Override
    public void beaten() {
        if (closed) {
            return;
        }
        Optional<String> problem = problem();
        problem.ifPresent(outage::note);
        if (problem.isEmpty() && contact.isSettled()) {
            outage.end(settings.redis().where() + ": Redis at "
                    + settings.redis().address() + " can be used again; the processes share limits again");
        }
    }

    private <T> CompletionStage<T> afterClose() {
        return CompletableFuture.failedFuture(
                new IllegalStateException(settings.redis().where() + " is closed"));
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        CompletionStage<Void> given = accounts.close();
        CompletionStage<Void> rest = contact.close();
        claims.close();
        closings.close();
        rest.thenCompose(lastBeat -> given)
                .thenCompose(all -> commands.leave(tokens.process()))
                .whenComplete((left, failure) -> commands.close());
    }
}
