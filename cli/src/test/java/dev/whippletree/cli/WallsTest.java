package dev.whippletree.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;
import java.util.random.RandomGenerator;
import picocli.CommandLine.Command;

@AnalyzeClasses(packages = "dev.whippletree.cli", importOptions = ImportOption.DoNotIncludeTests.class)
class WallsTest {

    private static final String EMULATOR = "dev.whippletree.emulator..";
    private static final String PLANNER = "dev.whippletree.planner..";
    private static final String STRESS = "dev.whippletree.stress..";
    private static final String GATEWAY = "dev.whippletree.gateway..";
    private static final String BATCH = "dev.whippletree.batch..";

    @ArchTest
    static final ArchRule packages_formNoCycle =
            slices().matching("dev.whippletree.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule onlyThreeCommands_useTheEmulator = noClasses()
            .that()
            .resideOutsideOfPackages(
                    "dev.whippletree.cli.emulate..", "dev.whippletree.cli.plan..", "dev.whippletree.cli.stress..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(EMULATOR);

    @ArchTest
    static final ArchRule onlyOneCommand_usesThePlanner = noClasses()
            .that()
            .resideOutsideOfPackage("dev.whippletree.cli.plan..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(PLANNER);

    @ArchTest
    static final ArchRule onlyOneCommand_usesStress = noClasses()
            .that()
            .resideOutsideOfPackage("dev.whippletree.cli.stress..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(STRESS);

    @ArchTest
    static final ArchRule onlyOneCommand_usesTheGateway = noClasses()
            .that()
            .resideOutsideOfPackage("dev.whippletree.cli.serve..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(GATEWAY);

    @ArchTest
    static final ArchRule onlyTwoCommands_useBatches = noClasses()
            .that()
            .resideOutsideOfPackages("dev.whippletree.cli.batch..", "dev.whippletree.cli.plan..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(BATCH);

    /** They are loaded for the help and the completion too. */
    @ArchTest
    static final ArchRule commands_areLoadedWithoutOptionalModules = noClasses()
            .that()
            .areAnnotatedWith(Command.class)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(EMULATOR, STRESS, PLANNER, BATCH, GATEWAY);

    @ArchTest
    static final ArchRule noPlugin_isNamed = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.whippletree.provider..", "dev.whippletree.cache..");

    /** The start of every other command would pay for it. */
    @ArchTest
    static final ArchRule onlyTheChat_usesTheLineEditor = noClasses()
            .that()
            .resideOutsideOfPackage("dev.whippletree.cli.chat..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.jline..");

    @ArchTest
    static final ArchRule clocksAndChance_areHandedIn = noClasses()
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(Clock.class, "systemUTC")
            .orShould()
            .callMethod(Thread.class, "sleep", long.class)
            .orShould()
            .callMethod(RandomGenerator.class, "getDefault");
}
