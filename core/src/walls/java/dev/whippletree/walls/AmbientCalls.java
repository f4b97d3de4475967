package dev.whippletree.walls;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import java.util.regex.Pattern;

/** Recognises calls that take time, threads or chance from the machine instead of from what was handed in. */
public final class AmbientCalls {

    /** A dated value's {@code now}, with or without a zone; given a clock it is not ambient. */
    private static final String NOW = "java\\.time\\.[A-Za-z]+\\.now\\((?!java\\.time\\.Clock).*";

    private static final Pattern CLOCK = Pattern.compile(String.join(
            "|",
            NOW,
            "java\\.lang\\.System\\.(nanoTime|currentTimeMillis)\\(.*",
            "java\\.time\\.Clock\\.(system|tick(Millis|Seconds|Minutes)).*",
            "java\\.time\\.InstantSource\\.system\\(.*",
            "java\\.util\\.Date\\.<init>\\(\\)",
            "java\\.util\\.Calendar\\.getInstance\\(.*"));

    private static final Pattern SLEEP = Pattern.compile(String.join(
            "|",
            "java\\.lang\\.Thread\\.(sleep|onSpinWait|yield)\\(.*",
            "java\\.util\\.concurrent\\.TimeUnit\\.sleep\\(.*",
            "java\\.util\\.concurrent\\.locks\\.LockSupport\\.park.*",
            "java\\.lang\\.Object\\.wait\\(.*"));

    /** The last line: a future's methods that bring a thread or a timer of their own, and those without an executor. */
    private static final Pattern THREAD = Pattern.compile(String.join(
            "|",
            "java\\.lang\\.Thread\\.(<init>|ofVirtual|ofPlatform|startVirtualThread)\\(.*",
            "java\\.util\\.Timer\\.<init>\\(.*",
            "java\\.util\\.concurrent\\.Executors\\..*",
            "java\\.util\\.concurrent\\.(ThreadPoolExecutor|ScheduledThreadPoolExecutor|ForkJoinPool)\\..*",
            "java\\.util\\.concurrent\\.CompletableFuture\\.(orTimeout|completeOnTimeout|delayedExecutor)\\(.*",
            "java\\.util\\.concurrent\\.Complet[A-Za-z]+\\.[a-zA-Z]+Async\\((?!.*Executor\\)).*"));

    private static final Pattern SEEDED = Pattern.compile("java\\.util\\.(Random|SplittableRandom)\\.<init>\\(.+\\)");

    private static final Pattern CHANCE = Pattern.compile(String.join(
            "|",
            "java\\.lang\\.(Math|StrictMath)\\.random\\(.*",
            "java\\.util\\.concurrent\\.ThreadLocalRandom\\..*",
            "java\\.util\\.(Random|SplittableRandom)\\.<init>\\(\\)",
            "java\\.security\\.SecureRandom\\.<init>\\(.*",
            "java\\.util\\.UUID\\.randomUUID\\(.*",
            "java\\.util\\.random\\.RandomGenerator\\.(of|getDefault)\\(.*",
            "java\\.util\\.Collections\\.shuffle\\(java\\.util\\.List\\)"));

    private AmbientCalls() {}

    /** Returns what reads a clock. */
    public static DescribedPredicate<JavaAccess<?>> readClocks() {
        return to(CLOCK, "a clock");
    }

    /** Returns what makes a thread pause. */
    public static DescribedPredicate<JavaAccess<?>> sleep() {
        return to(SLEEP, "a pause of the thread");
    }

    /** Returns what makes a thread, or a timer. */
    public static DescribedPredicate<JavaAccess<?>> makeThreads() {
        return to(THREAD, "a new thread");
    }

    /** Returns what draws lots that nothing repeats. */
    public static DescribedPredicate<JavaAccess<?>> drawLots() {
        return to(CHANCE, "randomness");
    }

    /** Returns what makes a generator from a seed, which repeats itself. */
    public static DescribedPredicate<JavaAccess<?>> drawLotsFromSeeds() {
        return to(SEEDED, "a generator with a seed");
    }

    private static DescribedPredicate<JavaAccess<?>> to(Pattern targets, String what) {
        return DescribedPredicate.describe(
                what,
                access -> access.getTarget() instanceof CodeUnitAccessTarget target
                        && targets.matcher(target.getFullName()).matches());
    }
}
