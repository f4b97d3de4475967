package dev.whippletree.tests;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.whippletree.engine.Engine;
import dev.whippletree.engine.pool.Topology;
import dev.whippletree.walls.AmbientCalls;
import dev.whippletree.walls.PackageSizes;

/**
 * The walls between the modules: who may know whom, and who may touch the machine. Core's inner walls are tested in
 * core.
 */
@AnalyzeClasses(packages = "dev.whippletree", importOptions = DoNotIncludeTests.class)
final class WallsTest {

    private static final String TIME = "dev.whippletree.time..";
    private static final String PROVIDERS = "dev.whippletree.provider..";
    private static final String CACHES = "dev.whippletree.cache..";
    private static final String EMBEDDERS = "dev.whippletree.embedder..";
    private static final String CLI = "dev.whippletree.cli..";
    private static final String EMULATOR = "dev.whippletree.emulator..";
    private static final String STRESS = "dev.whippletree.stress..";
    private static final String PLANNER = "dev.whippletree.planner..";
    private static final String TERMINAL = "dev.whippletree.terminal..";
    private static final String BATCH = "dev.whippletree.batch..";
    private static final String GATEWAY = "dev.whippletree.gateway..";
    private static final String METRICS = "dev.whippletree.metrics..";
    private static final String LANGCHAIN4J = "dev.whippletree.langchain4j..";
    private static final String KOTLIN = "dev.whippletree.kotlin..";
    private static final String TESTKIT = "dev.whippletree.testkit..";

    @ArchTest
    static final ArchRule packagesFormNoCycle =
            slices().matching("dev.whippletree.(**)").should().beFreeOfCycles();

    /** Those of the engine are smaller still, which core tests. */
    @ArchTest
    static void noPackageHasMoreThan45Classes(JavaClasses classes) {
        assertThat(PackageSizes.of(classes))
                .containsKey("dev.whippletree.gateway.http")
                .allSatisfy((name, size) -> assertThat(size).as(name).isLessThanOrEqualTo(45));
    }

    @ArchTest
    static final ArchRule nobodyNamesAPlugin = noClasses()
            .that()
            .resideOutsideOfPackages(PROVIDERS, CACHES, EMBEDDERS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(PROVIDERS, CACHES, EMBEDDERS)
            .because("a distribution is the modules somebody put on the class path");

    @ArchTest
    static final ArchRule pluginsKnowOnlyWhatCrossesTheLine = noClasses()
            .that()
            .resideInAnyPackage(PROVIDERS, CACHES, EMBEDDERS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.whippletree",
                    "dev.whippletree.plugin..",
                    "dev.whippletree.chat..",
                    "dev.whippletree.config..",
                    "dev.whippletree.engine..",
                    "dev.whippletree.settings..",
                    "dev.whippletree.limits..",
                    "dev.whippletree.strategy..",
                    TIME,
                    CLI,
                    EMULATOR,
                    TERMINAL,
                    STRESS,
                    PLANNER,
                    BATCH,
                    GATEWAY,
                    TESTKIT,
                    "com.google.inject..")
            .because("a plugin may use spi and model alone, so that the rest can change");

    @ArchTest
    static final ArchRule outsideCore_ofTheEngineOnlyItsDoorIsUsed = noClasses()
            .that()
            .resideInAnyPackage(
                    CLI,
                    EMULATOR,
                    TERMINAL,
                    STRESS,
                    PLANNER,
                    BATCH,
                    GATEWAY,
                    METRICS,
                    LANGCHAIN4J,
                    KOTLIN,
                    TESTKIT,
                    PROVIDERS,
                    CACHES,
                    EMBEDDERS)
            .should()
            .dependOnClassesThat(
                    resideInAPackage("dev.whippletree.engine..").and(not(belongToAnyOf(Engine.class, Topology.class))))
            .because("the engine's rooms are public only for each other");

    @ArchTest
    static final ArchRule cachesKnowNoOtherPlugin = noClasses()
            .that()
            .resideInAPackage(CACHES)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(PROVIDERS, EMBEDDERS);

    @ArchTest
    static final ArchRule providersKnowNoCache = noClasses()
            .that()
            .resideInAPackage(PROVIDERS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(CACHES, EMBEDDERS);

    @ArchTest
    static final ArchRule embeddersKnowOnlyTheCacheThatAsksThem = classes()
            .that()
            .resideInAPackage(EMBEDDERS)
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    EMBEDDERS,
                    "dev.whippletree.cache.similar",
                    "java..",
                    "org.jspecify..",
                    "ai.onnxruntime..",
                    "tools.jackson..");

    @ArchTest
    static final ArchRule providersShareOnlyTheProtocol = slices().matching("dev.whippletree.provider.(*)..")
            .should()
            .notDependOnEachOther()
            .ignoreDependency(DescribedPredicate.alwaysTrue(), resideInAPackage("dev.whippletree.provider.openai.."));

    @ArchTest
    static final ArchRule cachesKnowNoOtherCache =
            slices().matching("dev.whippletree.cache.(*)..").should().notDependOnEachOther();

    @ArchTest
    static final ArchRule emulatorsModelsShareNoCountingWithCore = noClasses()
            .that()
            .resideInAPackage(EMULATOR)
            .and()
            .resideOutsideOfPackage("dev.whippletree.emulator.simulation..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.whippletree.limits..", "dev.whippletree.engine..", "dev.whippletree")
            .because("what checks a thing must not share its code");

    @ArchTest
    static final ArchRule plansAndStressRunTheEngineButCountForThemselves = noClasses()
            .that()
            .resideInAnyPackage(STRESS, PLANNER)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.whippletree.limits..")
            .because("their arithmetic is held against what the engine does");

    @ArchTest
    static final ArchRule coreKnowsNobody = noClasses()
            .that()
            .resideOutsideOfPackages(
                    CLI,
                    EMULATOR,
                    TERMINAL,
                    STRESS,
                    PLANNER,
                    BATCH,
                    GATEWAY,
                    METRICS,
                    LANGCHAIN4J,
                    KOTLIN,
                    TESTKIT,
                    PROVIDERS,
                    CACHES,
                    EMBEDDERS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    CLI, EMULATOR, TERMINAL, STRESS, PLANNER, BATCH, GATEWAY, METRICS, LANGCHAIN4J, KOTLIN, TESTKIT);

    @ArchTest
    static final ArchRule kotlinCallsTheLibrary = classes()
            .that()
            .resideInAPackage(KOTLIN)
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    KOTLIN,
                    "dev.whippletree",
                    "dev.whippletree.model..",
                    "dev.whippletree.settings..",
                    "dev.whippletree.spi..",
                    "java..",
                    "org.jspecify..",
                    "org.jetbrains.annotations..",
                    "kotlin..",
                    "kotlinx.coroutines..")
            .because("it decides nothing");

    @ArchTest
    static final ArchRule langChain4jTranslatesAndCallsTheLibrary = classes()
            .that()
            .resideInAPackage(LANGCHAIN4J)
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    LANGCHAIN4J,
                    "dev.whippletree",
                    "dev.whippletree.config..",
                    "dev.whippletree.model..",
                    "dev.whippletree.settings..",
                    "java..",
                    "org.jspecify..",
                    "org.slf4j..",
                    "dev.langchain4j..")
            .because("it decides nothing");

    @ArchTest
    static final ArchRule metricsAreAListenerAmongOthers = classes()
            .that()
            .resideInAPackage(METRICS)
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    METRICS,
                    "dev.whippletree.spi..",
                    "dev.whippletree.model..",
                    "java..",
                    "org.jspecify..",
                    "io.micrometer..",
                    "io.opentelemetry..")
            .because("whoever has another system to tell can write what is there from the listener alone");

    @ArchTest
    static final ArchRule gatewayTranslatesAndCallsTheLibrary = noClasses()
            .that()
            .resideInAPackage(GATEWAY)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    CLI,
                    EMULATOR,
                    TERMINAL,
                    STRESS,
                    PLANNER,
                    BATCH,
                    TESTKIT,
                    "dev.whippletree.plugin..",
                    "dev.whippletree.strategy..");

    @ArchTest
    static final ArchRule emulatorKnowsNobodyAboveIt = noClasses()
            .that()
            .resideInAPackage(EMULATOR)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(CLI, TERMINAL, STRESS, PLANNER, BATCH, GATEWAY, TESTKIT);

    @ArchTest
    static final ArchRule plansAndStressAreForTheCommand = noClasses()
            .that()
            .resideInAnyPackage(STRESS, PLANNER)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(CLI, BATCH, GATEWAY, METRICS, TESTKIT);

    @ArchTest
    static final ArchRule stressKnowsNoPlan = noClasses()
            .that()
            .resideInAPackage(STRESS)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(PLANNER);

    @ArchTest
    static final ArchRule terminalKnowsTheLibraryAlone = noClasses()
            .that()
            .resideInAPackage(TERMINAL)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(CLI, EMULATOR, STRESS, PLANNER, BATCH, GATEWAY, METRICS, TESTKIT);

    @ArchTest
    static final ArchRule boards_dependOnNothingThatRuns = noClasses()
            .that()
            .resideInAPackage("dev.whippletree.terminal.board..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.whippletree", "dev.whippletree.engine..", TIME)
            .because("they turn values into lines");

    @ArchTest
    static final ArchRule batchLeavesWaitingAndQuotaToTheEngine = noClasses()
            .that()
            .resideInAPackage(BATCH)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    CLI,
                    EMULATOR,
                    TERMINAL,
                    STRESS,
                    PLANNER,
                    GATEWAY,
                    METRICS,
                    TESTKIT,
                    "dev.whippletree.engine..",
                    "dev.whippletree.plugin..",
                    "dev.whippletree.limits..",
                    "dev.whippletree.strategy..")
            .because("a batch asks, writes down and counts; the rest is the engine's business");

    @ArchTest
    static final ArchRule onlyTheCommandChoosesALogger = classes()
            .that()
            .resideOutsideOfPackage(CLI)
            .should()
            .onlyDependOnClassesThat()
            .resideOutsideOfPackage("ch.qos.logback..")
            .because("libraries log to SLF4J; the program decides where that goes");

    @ArchTest
    static final ArchRule nobodyReadsClocks = noClasses()
            .that()
            .resideOutsideOfPackages(TIME, TESTKIT)
            .should()
            .accessTargetWhere(AmbientCalls.readClocks())
            .because("time is handed in, so that everything also runs in virtual time");

    @ArchTest
    static final ArchRule nobodySleeps = noClasses()
            .that()
            .resideOutsideOfPackage(TESTKIT)
            .should()
            .accessTargetWhere(AmbientCalls.sleep())
            .because("waiting is a timer and costs no thread");

    @ArchTest
    static final ArchRule nobodyMakesThreads = noClasses()
            .that()
            .resideOutsideOfPackages(TIME, TESTKIT)
            .should()
            .accessTargetWhere(AmbientCalls.makeThreads())
            .because("threads are handed in; those of libraries are the libraries' own");

    @ArchTest
    static final ArchRule nobodyDrawsLots = noClasses()
            .that()
            .resideOutsideOfPackages(TIME, TESTKIT)
            .should()
            .accessTargetWhere(AmbientCalls.drawLots())
            .because("a run must be repeatable from its seed");

    private WallsTest() {}
}
