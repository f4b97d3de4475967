package dev.whippletree.cli.stress;

import dev.whippletree.cli.base.OptionalModule;
import dev.whippletree.cli.base.Shares;
import dev.whippletree.cli.base.Surroundings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Starts many interviews at once over emulated accounts, and checks what must hold. What was typed is read by
 * {@link TypedStress}, where the module that knows interviews is at hand.
 */
@Command(
        name = "stress",
        description = {
            "Starts many interviews at once and checks that every prompt is answered, with as few calls as possible.",
            "The accounts are emulated on this machine. Exit code 0 only if every check passed."
        },
        footer = {
            "  whippletree stress                         500 interviews, two accounts of 1,000 requests an hour",
            "  whippletree stress --tight                 small limits and an outage: waiting, failover, recovery",
            "  whippletree stress --interviews 50 --fault reset:3%%"
        })
public final class StressCommand implements Callable<Integer> {

    private final Surroundings surroundings;

    @Option(names = "--interviews", paramLabel = "N", description = "Interviews at once; default: 500.")
    Optional<Integer> interviews = Optional.empty();

    @Option(
            names = "--questions",
            paramLabel = "N",
            description = "Questions of each interview, one after the other; default: 17.")
    Optional<Integer> questions = Optional.empty();

    @Option(
            names = "--repeat",
            paramLabel = "SHARE",
            converter = Shares.class,
            description = "The share of prompts that repeat another prompt; default: 80%%.")
    Optional<Double> repeat = Optional.empty();

    @Option(
            names = "--think",
            paramLabel = "TIME",
            description = "The pause between an answer and the next question; default: none.")
    Optional<Duration> think = Optional.empty();

    @Option(names = "--seed", paramLabel = "N", description = "The seed of the random numbers; default: 1.")
    Optional<Long> seed = Optional.empty();

    @Option(names = "--accounts", paramLabel = "N", description = "The number of emulated accounts; default: 2.")
    Optional<Integer> accounts = Optional.empty();

    @Option(
            names = "--latency",
            paramLabel = "TIME",
            description = "How long an emulated answer takes, such as 1s, 800ms~20%% or 1s~lognormal:0.3; default: 1s.")
    Optional<String> latency = Optional.empty();

    @Option(
            names = "--fault",
            paramLabel = "FAULT",
            description = "A fault, such as 503@5s-40s:account-1, reset:3%% or hang#7; may be repeated.")
    List<String> faults = List.of();

    @Option(
            names = "--tight",
            description = "Two accounts of 200 requests per 10 s, one of which answers 503 from 5 s to 40 s.")
    boolean tight;

    @Option(
            names = "--cache",
            paramLabel = "NAME",
            description = "The cache in front of the accounts, or none; default: ehcache.")
    Optional<String> cache = Optional.empty();

    public StressCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        return OptionalModule.STRESS.needed("stress", () -> TypedStress.run(surroundings, this));
    }
}
