package dev.whippletree;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.whippletree.walls.AmbientCalls;
import dev.whippletree.walls.PackageSizes;

/** The walls inside core: what each package may know. */
@AnalyzeClasses(packages = "dev.whippletree", importOptions = DoNotIncludeTests.class)
final class ArchitectureTest {

    private static final String TIME = "dev.whippletree.time..";

    /** How many classes a package of the engine may have. */
    private static final long MOST_CLASSES = 30;

    @ArchTest
    static final ArchRule importsRunOneWay = layeredArchitecture()
            .consideringOnlyDependenciesInAnyPackage("dev.whippletree..")
            .withOptionalLayers(true)
            .layer("guice")
            .definedBy("dev.whippletree.guice..")
            .layer("door")
            .definedBy("dev.whippletree")
            .layer("plugin")
            .definedBy("dev.whippletree.plugin..")
            .layer("status")
            .definedBy("dev.whippletree.status..")
            .layer("config")
            .definedBy("dev.whippletree.config..")
            .layer("embedding")
            .definedBy("dev.whippletree.embedding..")
            .layer("engine")
            .definedBy("dev.whippletree.engine..")
            .layer("settings")
            .definedBy("dev.whippletree.settings..")
            .layer("state")
            .definedBy("dev.whippletree.state..")
            .layer("limits")
            .definedBy("dev.whippletree.limits..")
            .layer("strategy")
            .definedBy("dev.whippletree.strategy..")
            .layer("chat")
            .definedBy("dev.whippletree.chat..")
            .layer("spi")
            .definedBy("dev.whippletree.spi..")
            .layer("model")
            .definedBy("dev.whippletree.model..")
            .layer("time")
            .definedBy(TIME)
            .ensureAllClassesAreContainedInArchitecture()
            .whereLayer("guice")
            .mayOnlyAccessLayers("door", "spi")
            .whereLayer("door")
            .mayOnlyBeAccessedByLayers("guice")
            .whereLayer("plugin")
            .mayOnlyAccessLayers(
                    "config", "embedding", "engine", "settings", "state", "strategy", "spi", "model", "time")
            .whereLayer("embedding")
            .mayOnlyAccessLayers("engine", "spi", "model", "time")
            .whereLayer("status")
            .mayOnlyAccessLayers("config", "spi", "model")
            .whereLayer("config")
            .mayOnlyAccessLayers("settings", "spi", "model", "time")
            .whereLayer("engine")
            .mayOnlyAccessLayers("settings", "state", "limits", "strategy", "spi", "model", "time")
            .whereLayer("settings")
            .mayOnlyAccessLayers("spi")
            .whereLayer("state")
            .mayOnlyAccessLayers("model", "time")
            .whereLayer("limits")
            .mayOnlyAccessLayers("spi", "model", "time")
            .whereLayer("strategy")
            .mayOnlyAccessLayers("spi", "model")
            .whereLayer("chat")
            .mayOnlyAccessLayers("model")
            .whereLayer("spi")
            .mayOnlyAccessLayers("model")
            .whereLayer("model")
            .mayNotAccessAnyLayer()
            .whereLayer("time")
            .mayNotAccessAnyLayer()
            .because("imports run one way: whoever reads a package need only know those below it");

    @ArchTest
    static final ArchRule packagesFormNoCycle =
            slices().matching("dev.whippletree.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule engineHasRooms = layeredArchitecture()
            .consideringOnlyDependenciesInAnyPackage("dev.whippletree.engine..")
            .layer("engine")
            .definedBy("dev.whippletree.engine")
            .layer("saving")
            .definedBy("dev.whippletree.engine.saving")
            .layer("cache")
            .definedBy("dev.whippletree.engine.cache")
            .layer("pool")
            .definedBy("dev.whippletree.engine.pool")
            .layer("scope")
            .definedBy("dev.whippletree.engine.scope")
            .layer("answer")
            .definedBy("dev.whippletree.engine.answer")
            .layer("flight")
            .definedBy("dev.whippletree.engine.flight")
            .layer("line")
            .definedBy("dev.whippletree.engine.line")
            .layer("run")
            .definedBy("dev.whippletree.engine.run")
            .whereLayer("engine")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("saving")
            .mayOnlyAccessLayers("pool", "scope", "run")
            .whereLayer("cache")
            .mayOnlyAccessLayers("pool", "run")
            .whereLayer("pool")
            .mayOnlyAccessLayers("scope", "run")
            .whereLayer("scope")
            .mayOnlyAccessLayers("run")
            .whereLayer("answer")
            .mayNotAccessAnyLayer()
            .whereLayer("flight")
            .mayOnlyAccessLayers("line", "pool", "scope", "answer", "run")
            .whereLayer("line")
            .mayNotAccessAnyLayer()
            .whereLayer("run")
            .mayNotAccessAnyLayer()
            .because("who reads a room need only know the rooms below it");

    /** Classes that know each other have to be understood together. */
    @ArchTest
    static void noMoreThanFiveClassesOfTheEngineFormACircle(JavaClasses classes) {
        assertThat(Circles.among(classes.that(resideInAPackage("dev.whippletree.engine.."))))
                .allSatisfy(circle -> assertThat(circle).hasSizeLessThanOrEqualTo(5));
    }

    /** Who looks for a class reads the names of all its neighbours. */
    @ArchTest
    static void packagesOfTheEngineAreSmall(JavaClasses classes) {
        assertThat(PackageSizes.of(
                        classes.that(resideInAnyPackage("dev.whippletree.engine..", "dev.whippletree.limits.."))))
                .hasSizeGreaterThan(1)
                .allSatisfy((name, size) -> assertThat(size).as(name).isLessThanOrEqualTo(MOST_CLASSES));
    }

    @ArchTest
    static final ArchRule onlyTimeReadsClocks = noClasses()
            .that()
            .resideOutsideOfPackage(TIME)
            .should()
            .accessTargetWhere(AmbientCalls.readClocks())
            .because("time is handed in as a Timeline, so that everything also runs in virtual time");

    @ArchTest
    static final ArchRule nobodySleeps = noClasses()
            .should()
            .accessTargetWhere(AmbientCalls.sleep())
            .because("waiting is a timer on the Timeline and costs no thread");

    @ArchTest
    static final ArchRule onlyTimeMakesThreads = noClasses()
            .that()
            .resideOutsideOfPackage(TIME)
            .should()
            .accessTargetWhere(AmbientCalls.makeThreads())
            .because("whoever embeds Whippletree decides which threads it uses");

    @ArchTest
    static final ArchRule onlyTimeDrawsLots = noClasses()
            .that()
            .resideOutsideOfPackage(TIME)
            .should()
            .accessTargetWhere(AmbientCalls.drawLots().or(AmbientCalls.drawLotsFromSeeds()))
            .because("a run must be repeatable from its seed");

    @ArchTest
    static final ArchRule coreKnowsNoProtocolAndNoPlugin = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("okhttp3..", "okio..", "dev.whippletree.provider..", "dev.whippletree.cache..")
            .because("core must compile with every plugin module deleted");

    @ArchTest
    static final ArchRule onlyPluginWires = noClasses()
            .that()
            .resideOutsideOfPackages("dev.whippletree.plugin..", "dev.whippletree.guice..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.google.inject..")
            .because(
                    "classes are usable without an injector; one package wires them, one is for hosts that have their own");

    @ArchTest
    static final ArchRule spiUsesNoLibrary = classes()
            .that()
            .resideInAPackage("dev.whippletree.spi..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..", "org.slf4j..", "org.jspecify..", "dev.whippletree.spi..", "dev.whippletree.model..")
            .because("no upgrade of a library used here may break a plugin");

    @ArchTest
    static final ArchRule strategiesUseWhatAStrangersWouldHave = classes()
            .that()
            .resideInAPackage("dev.whippletree.strategy..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..",
                    "org.jspecify..",
                    "dev.whippletree.strategy..",
                    "dev.whippletree.spi..",
                    "dev.whippletree.model..")
            .because("the SPI is enough to write each of them outside core");

    @ArchTest
    static final ArchRule modelUsesNoLibrary = classes()
            .that()
            .resideInAPackage("dev.whippletree.model..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "org.slf4j..", "org.jspecify..", "dev.whippletree.model..")
            .because("no upgrade of a library used here may break a plugin");

    private ArchitectureTest() {}
}
