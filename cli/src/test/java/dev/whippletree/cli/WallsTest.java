package dev.whippletree.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;

@AnalyzeClasses(packages = "dev.whippletree.cli", importOptions = ImportOption.DoNotIncludeTests.class)
class WallsTest {

    /** What not every command may need, and whose packages use it. */
    private static final Map<String, List<String>> USERS = Map.of(
            "dev.whippletree.emulator..", List.of("emulate", "plan", "stress"),
            "dev.whippletree.planner..", List.of("plan"),
            "dev.whippletree.stress..", List.of("stress"),
            "dev.whippletree.gateway..", List.of("serve"),
            "dev.whippletree.batch..", List.of("batch", "plan"),
            "org.jline..", List.of("chat"));

    @ArchTest
    static void optionalModulesAndTheLineEditor_areUsedByTheirCommandsAlone(JavaClasses classes) {
        USERS.forEach((used, users) -> noClasses()
                .that()
                .resideOutsideOfPackages(users.stream()
                        .map(user -> "dev.whippletree.cli." + user + "..")
                        .toArray(String[]::new))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(used)
                .check(classes));
    }

    /** They are loaded for the help and the completion too. */
    @ArchTest
    static final ArchRule commands_areLoadedWithoutOptionalModules = noClasses()
            .that()
            .areAnnotatedWith(Command.class)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(USERS.keySet().toArray(String[]::new));
}
