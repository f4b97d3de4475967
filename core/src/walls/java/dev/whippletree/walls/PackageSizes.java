package dev.whippletree.walls;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Counts the classes of packages. Stateless. */
public final class PackageSizes {

    private PackageSizes() {}

    /** Returns how many top-level classes each package has, by its name. A {@code package-info} isn't counted. */
    public static Map<String, Long> of(JavaClasses classes) {
        return classes.stream()
                .filter(one -> one.isTopLevelClass() && !one.getSimpleName().equals("package-info"))
                .collect(Collectors.groupingBy(JavaClass::getPackageName, TreeMap::new, Collectors.counting()));
    }
}
