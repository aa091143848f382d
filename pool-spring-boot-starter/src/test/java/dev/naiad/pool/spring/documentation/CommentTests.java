/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/**
 * Whatever users may depend on says what it is. Three kinds do so elsewhere: what overrides, by what it overrides; the accessors of a
 * property, by its field, whose comment is what Spring Boot's metadata shows; and constants that are made from a description.
 */
class CommentTests {

    private static final Path CORE = Documentation.ROOT.resolve("pool-core/src/main/java");
    private static final Path STARTER = Documentation.ROOT.resolve("pool-spring-boot-starter/src/main/java");

    @Test
    void everythingThatTheCoreExportsHasAComment() throws IOException {
        List<Path> exported = exportedSources();
        assertThat(exported).hasSizeGreaterThan(50);
        assertThat(uncommented(exported)).isEmpty();
    }

    @Test
    void everythingThatIsPublicInTheStarterHasAComment() throws IOException {
        List<Path> sources = sources(STARTER);
        assertThat(sources).hasSizeGreaterThan(50);
        assertThat(uncommented(sources)).isEmpty();
    }

    private static List<String> uncommented(List<Path> sources) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task = (JavacTask) compiler.getTask(
                    null, files, null, List.of("-proc:none"), null, files.getJavaFileObjectsFromPaths(sources));
            Uncommented uncommented = new Uncommented(DocTrees.instance(task));
            for (CompilationUnitTree unit : task.parse()) {
                uncommented.scan(unit, unit.getSourceFile().getName());
            }
            return uncommented.found;
        }
    }

    private static List<Path> exportedSources() throws IOException {
        Set<String> packages = Pattern.compile("exports ([\\w.]+);")
                .matcher(Files.readString(CORE.resolve("module-info.java")))
                .results()
                .map((MatchResult found) -> found.group(1).replace('.', '/'))
                .collect(Collectors.toSet());
        return sources(CORE).stream()
                .filter(file -> packages.contains(
                        CORE.relativize(file.getParent()).toString().replace('\\', '/')))
                .toList();
    }

    private static List<Path> sources(Path root) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(file -> file.toString().endsWith(".java")).toList();
        }
    }

    /** What can be seen from outside and has neither a comment nor one to inherit. */
    private static final class Uncommented extends TreePathScanner<Void, String> {

        private static final Pattern ACCESSOR = Pattern.compile("(?:get|is|set)(\\p{Lu}\\w*)");

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
            if (!inherits && isVisible(method.getModifiers()) && !isAccessorOfCommentedField(method)) {
                look(method.getName(), file);
            }
            return null;
        }

        @Override
        public Void visitVariable(VariableTree field, String file) {
            if (isVisible(field.getModifiers()) && !isMadeFromDescription(field)) {
                look(field.getName(), file);
            }
            return null;
        }

        private boolean isAccessorOfCommentedField(MethodTree method) {
            Matcher accessor = ACCESSOR.matcher(method.getName());
            return accessor.matches()
                    && getCurrentPath().getParentPath().getLeaf() instanceof ClassTree type
                    && type.getMembers().stream()
                            .anyMatch(member -> member instanceof VariableTree field
                                    && field.getName().toString().equalsIgnoreCase(accessor.group(1))
                                    && isCommented(new TreePath(getCurrentPath().getParentPath(), field)));
        }

        private static boolean isMadeFromDescription(VariableTree field) {
            return field.getInitializer() instanceof NewClassTree made
                    && made.getArguments().stream()
                            .anyMatch(argument -> argument instanceof LiteralTree literal
                                    && literal.getValue() instanceof String text
                                    && text.contains(" "));
        }

        private boolean isVisible(ModifiersTree modifiers) {
            Tree around = getCurrentPath().getParentPath().getLeaf();
            Set<Modifier> flags = modifiers.getFlags();
            return flags.contains(Modifier.PUBLIC)
                    || flags.contains(Modifier.PROTECTED)
                    || around.getKind() == Tree.Kind.INTERFACE && !flags.contains(Modifier.PRIVATE);
        }

        private void look(CharSequence name, String file) {
            if (!isCommented(getCurrentPath())) {
                found.add(file + ": " + name);
            }
        }

        private boolean isCommented(TreePath path) {
            return documents.getDocComment(path) != null;
        }
    }
}
