/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/** Whatever users of the core may depend on says what it is. The starter's setters are left to the metadata of their properties. */
class CommentTests {

    private static final Path SOURCES = Documentation.ROOT.resolve("pool-core/src/main/java");

    @Test
    void everythingThatIsExportedHasAComment() throws IOException {
        List<Path> exported = exportedSources();
        assertThat(exported).hasSizeGreaterThan(50);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task = (JavacTask) compiler.getTask(
                    null, files, null, List.of("-proc:none"), null, files.getJavaFileObjectsFromPaths(exported));
            Uncommented uncommented = new Uncommented(DocTrees.instance(task));
            for (CompilationUnitTree unit : task.parse()) {
                uncommented.scan(unit, unit.getSourceFile().getName());
            }
            assertThat(uncommented.found).isEmpty();
        }
    }

    private static List<Path> exportedSources() throws IOException {
        Set<String> packages = Pattern.compile("exports ([\\w.]+);")
                .matcher(Files.readString(SOURCES.resolve("module-info.java")))
                .results()
                .map((MatchResult found) -> found.group(1).replace('.', '/'))
                .collect(Collectors.toSet());
        try (Stream<Path> all = Files.walk(SOURCES)) {
            return all.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> packages.contains(
                            SOURCES.relativize(file.getParent()).toString().replace('\\', '/')))
                    .toList();
        }
    }

    /** What can be seen from outside and has neither a comment nor one to inherit. */
    private static final class Uncommented extends TreePathScanner<Void, String> {

        private final List<String> found = new ArrayList<>();
        private final DocTrees documents;

        Uncommented(DocTrees documents) {
            this.documents = documents;
        }

        @Override
        public Void visitClass(ClassTree type, String file) {
            if (!isVisible(type.getModifiers())) {
                return null;
            }
            look(type.getSimpleName(), file);
            return super.visitClass(type, file);
        }

        @Override
        public Void visitMethod(MethodTree method, String file) {
            boolean inherits = method.getModifiers().getAnnotations().stream()
                    .anyMatch(annotation ->
                            annotation.getAnnotationType().toString().equals("Override"));
            if (!inherits && isVisible(method.getModifiers())) {
                look(method.getName(), file);
            }
            return null;
        }

        @Override
        public Void visitVariable(VariableTree field, String file) {
            if (isVisible(field.getModifiers())) {
                look(field.getName(), file);
            }
            return null;
        }

        private boolean isVisible(ModifiersTree modifiers) {
            Tree around = getCurrentPath().getParentPath().getLeaf();
            Set<Modifier> flags = modifiers.getFlags();
            return flags.contains(Modifier.PUBLIC)
                    || flags.contains(Modifier.PROTECTED)
                    || around.getKind() == Tree.Kind.INTERFACE && !flags.contains(Modifier.PRIVATE);
        }

        private void look(CharSequence name, String file) {
            if (documents.getDocComment(getCurrentPath()) == null) {
                found.add(file + ": " + name);
            }
        }
    }
}
