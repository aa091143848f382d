/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.api;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.GenericDeclaration;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The public face of a module as text, a line for each thing that a user's code may depend on. */
final class ApiSignature {

    private ApiSignature() {}

    /** What the packages beside a class, and below, have that is public or protected. */
    static String of(Class<?> inModule, Predicate<String> packages) {
        return new ClassFileImporter()
                .importUrl(inModule.getProtectionDomain().getCodeSource().getLocation()).stream()
                        .filter(type -> packages.test(type.getPackageName()))
                        .map(JavaClass::reflect)
                        .filter(ApiSignature::isVisible)
                        .sorted(Comparator.comparing(Class::getName))
                        .map(ApiSignature::describe)
                        .collect(Collectors.joining("\n"));
    }

    private static boolean isVisible(Class<?> type) {
        return isOpen(type.getModifiers())
                && !type.isAnonymousClass()
                && (type.getEnclosingClass() == null || isVisible(type.getEnclosingClass()));
    }

    private static boolean isOpen(int modifiers) {
        return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
    }

    private static String describe(Class<?> type) {
        TreeSet<String> members = new TreeSet<>();
        Stream.concat(Stream.of(type), hiddenParents(type)).forEach(each -> {
            Arrays.stream(each.getDeclaredFields())
                    .filter(ApiSignature::belongs)
                    .forEach(field -> members.add(describe(field)));
            Arrays.stream(each.getDeclaredMethods())
                    .filter(ApiSignature::belongs)
                    .filter(method -> !method.isBridge() && !isImplied(type, method))
                    .forEach(method -> members.add(describe(method)));
        });
        if (!type.isEnum()) {
            Arrays.stream(type.getDeclaredConstructors())
                    .filter(ApiSignature::belongs)
                    .forEach(constructor -> members.add(describe(constructor)));
        }
        return head(type) + "\n"
                + members.stream().map(member -> "    " + member + "\n").collect(Collectors.joining());
    }

    /** Classes that a user cannot name, but whose public members he inherits. */
    private static Stream<Class<?>> hiddenParents(Class<?> type) {
        return Stream.<Class<?>>iterate(
                type.getSuperclass(), parent -> parent != null && !isVisible(parent), Class::getSuperclass);
    }

    private static boolean belongs(Member member) {
        return isOpen(member.getModifiers()) && !member.isSynthetic();
    }

    private static boolean isImplied(Class<?> type, Method method) {
        return type.isEnum() && List.of("values", "valueOf").contains(method.getName())
                || type.isRecord() && List.of("toString", "hashCode", "equals").contains(method.getName());
    }

    private static String head(Class<?> type) {
        int modifiers = type.getModifiers() & ~Modifier.INTERFACE & ~Modifier.STRICT;
        boolean isAbstract = !type.isInterface() && !type.isEnum();
        String kind = type.isAnnotation()
                ? "@interface"
                : type.isInterface() ? "interface" : type.isEnum() ? "enum" : type.isRecord() ? "record" : "class";
        return modifiers(isAbstract ? modifiers : modifiers & ~Modifier.ABSTRACT & ~Modifier.FINAL)
                + (type.isSealed() && !type.isEnum() ? "sealed " : "")
                + kind + " " + type.getName() + parameters(type)
                + list(
                        " extends ",
                        type.isInterface() || type.isEnum() || type.isRecord()
                                ? Stream.empty()
                                : Stream.of(type.getGenericSuperclass()).filter(parent -> parent != Object.class))
                + list(type.isInterface() ? " extends " : " implements ", Arrays.stream(type.getGenericInterfaces()));
    }

    private static String describe(Field field) {
        return modifiers(field.getModifiers() & ~Modifier.TRANSIENT & ~Modifier.VOLATILE) + name(field.getGenericType())
                + " " + field.getName();
    }

    private static String describe(Constructor<?> constructor) {
        return modifiers(constructor.getModifiers())
                + constructor.getDeclaringClass().getSimpleName()
                + arguments(constructor);
    }

    private static String describe(Method method) {
        int modifiers = method.getModifiers() & ~Modifier.SYNCHRONIZED & ~Modifier.NATIVE;
        String parameters = parameters(method);
        return modifiers(modifiers) + (method.isDefault() ? "default " : "")
                + (parameters.isEmpty() ? "" : parameters + " ") + name(method.getGenericReturnType()) + " "
                + method.getName() + arguments(method);
    }

    private static String arguments(Executable executable) {
        return Arrays.stream(executable.getGenericParameterTypes())
                        .map(ApiSignature::name)
                        .collect(Collectors.joining(", ", "(", ")"))
                + list(" throws ", Arrays.stream(executable.getGenericExceptionTypes()));
    }

    private static String parameters(GenericDeclaration declaration) {
        String parameters = Arrays.stream(declaration.getTypeParameters())
                .map(ApiSignature::describe)
                .collect(Collectors.joining(", "));
        return parameters.isEmpty() ? "" : "<" + parameters + ">";
    }

    private static String describe(TypeVariable<?> variable) {
        return variable.getName()
                + list(" extends ", Arrays.stream(variable.getBounds()).filter(bound -> bound != Object.class));
    }

    private static String list(String before, Stream<Type> types) {
        String names = types.map(ApiSignature::name).collect(Collectors.joining(", "));
        return names.isEmpty() ? "" : before + names;
    }

    private static String name(Type type) {
        return type.getTypeName().replaceAll("\\bjava\\.(lang|util|sql|time)\\.(?=[A-Z])", "");
    }

    private static String modifiers(int modifiers) {
        String text = Modifier.toString(modifiers & ~Modifier.PUBLIC);
        return text.isEmpty() ? "" : text + " ";
    }
}
