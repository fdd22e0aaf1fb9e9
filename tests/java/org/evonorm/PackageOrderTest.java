package org.evonorm;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The packages use each other in one direction alone, which this list gives; docs/architecture.md says what each knows.
 */
class PackageOrderTest {

    private static final String ROOT = "org.evonorm.";

    /** A package may use those before it, never one after it. */
    private static final List<String> ORDER = List.of(
            "text",
            "graph",
            "graph.simplification",
            "graph.typeset",
            "graph.variation",
            "program",
            "network",
            "network.onnx.graph",
            "network.onnx.layout",
            "network.onnx.pattern",
            "network.onnx",
            "data",
            "data.files.picture",
            "data.files.numpy",
            "data.files.parquet",
            "data.files",
            "evolution",
            "engine",
            "engine.pass",
            "engine.llvm",
            "engine.cpu.vector",
            "engine.cpu.memory",
            "engine.cpu.onednn",
            "engine.cpu.direct",
            "engine.cpu.tile",
            "engine.cpu.step",
            "engine.cpu",
            "engine.dl4j",
            "training",
            "rejection",
            "store",
            "settings",
            "export.layer",
            "export.triton",
            "export.python",
            "export.onnx",
            "export.network",
            "export",
            "search.spark",
            "search.progress",
            "search.trial",
            "search",
            "report",
            "report.comparison",
            "rerank",
            "calibration",
            "tracking",
            "cli.measure",
            "cli.log",
            "cli");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("org.evonorm");

    @Test
    void theListNamesEveryPackage() {
        Set<String> packages = CLASSES.stream()
                .map(JavaClass::getPackageName)
                .map(name -> name.substring(ROOT.length()))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(new TreeSet<>(ORDER), packages);
    }

    @Test
    void aPackageUsesThoseBeforeItAlone() {
        classes().should(useNoLaterPackage()).check(CLASSES);
    }

    @Test
    void theCpuEngineIsEnteredThroughItsDoorsAlone() {
        noClasses()
                .that()
                .resideOutsideOfPackage("org.evonorm.engine.cpu..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.evonorm.engine.cpu.*..")
                .check(CLASSES);
    }

    /** What a schedule of passes is must not depend on what runs it. */
    @Test
    void passesKnowNoMachineAndLlvmKnowsNoLayer() {
        noClasses()
                .that()
                .resideInAPackage("org.evonorm.engine.pass..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.bytedeco..", "jdk.incubator..", "org.nd4j..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage("org.evonorm.engine.llvm..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.evonorm.graph..", "org.evonorm.program..")
                .check(CLASSES);
    }

    private static ArchCondition<JavaClass> useNoLaterPackage() {
        return new ArchCondition<>("use no later package") {
            @Override
            public void check(JavaClass item, ConditionEvents events) {
                item.getDirectDependenciesFromSelf().stream()
                        .filter(use -> place(use.getTargetClass()) > place(item))
                        .forEach(use -> events.add(SimpleConditionEvent.violated(use, use.getDescription())));
            }
        };
    }

    /** The place in the list; before all of it for what is not the project's own. */
    private static int place(JavaClass type) {
        String name = type.getPackageName();
        return name.startsWith(ROOT) ? ORDER.indexOf(name.substring(ROOT.length())) : -1;
    }
}
