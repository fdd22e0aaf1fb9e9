package org.evonorm.engine.llvm;

import static org.bytedeco.llvm.global.LLVM.LLVMCreateMemoryBufferWithMemoryRangeCopy;
import static org.bytedeco.llvm.global.LLVM.LLVMGetErrorMessage;
import static org.bytedeco.llvm.global.LLVM.LLVMInitializeNativeAsmPrinter;
import static org.bytedeco.llvm.global.LLVM.LLVMInitializeNativeTarget;
import static org.bytedeco.llvm.global.LLVM.LLVMOrcCreateDynamicLibrarySearchGeneratorForProcess;
import static org.bytedeco.llvm.global.LLVM.LLVMOrcCreateLLJIT;
import static org.bytedeco.llvm.global.LLVM.LLVMOrcCreateLLJITBuilder;
import static org.bytedeco.llvm.global.LLVM.LLVMOrcCreateNewThreadSafeContext;
import static org.bytedeco.llvm.global.LLVM.LLVMOrcCreateNewThreadSafeModule;
import static org.bytedeco.llvm.global.LLVM.LLVMOrcDisposeThreadSafeContext;
import static org.bytedeco.llvm.global.LLVM.LLVMOrcJITDylibAddGenerator;
import static org.bytedeco.llvm.global.LLVM.LLVMOrcJITDylibCreateResourceTracker;
import static org.bytedeco.llvm.global.LLVM.LLVMOrcJITTargetMachineBuilderDetectHost;
import static org.bytedeco.llvm.global.LLVM.LLVMOrcLLJITAddLLVMIRModuleWithRT;
import static org.bytedeco.llvm.global.LLVM.LLVMOrcLLJITBuilderSetJITTargetMachineBuilder;
import static org.bytedeco.llvm.global.LLVM.LLVMOrcLLJITGetGlobalPrefix;
import static org.bytedeco.llvm.global.LLVM.LLVMOrcLLJITGetMainJITDylib;
import static org.bytedeco.llvm.global.LLVM.LLVMOrcLLJITLookup;
import static org.bytedeco.llvm.global.LLVM.LLVMOrcReleaseResourceTracker;
import static org.bytedeco.llvm.global.LLVM.LLVMOrcResourceTrackerRemove;
import static org.bytedeco.llvm.global.LLVM.LLVMOrcThreadSafeContextGetContext;
import static org.bytedeco.llvm.global.LLVM.LLVMParseCommandLineOptions;
import static org.bytedeco.llvm.global.LLVM.LLVMParseIRInContext;

import java.lang.ref.Cleaner;
import java.nio.charset.StandardCharsets;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.llvm.LLVM.LLVMErrorRef;
import org.bytedeco.llvm.LLVM.LLVMMemoryBufferRef;
import org.bytedeco.llvm.LLVM.LLVMModuleRef;
import org.bytedeco.llvm.LLVM.LLVMOrcDefinitionGeneratorRef;
import org.bytedeco.llvm.LLVM.LLVMOrcJITDylibRef;
import org.bytedeco.llvm.LLVM.LLVMOrcJITTargetMachineBuilderRef;
import org.bytedeco.llvm.LLVM.LLVMOrcLLJITBuilderRef;
import org.bytedeco.llvm.LLVM.LLVMOrcLLJITRef;
import org.bytedeco.llvm.LLVM.LLVMOrcResourceTrackerRef;
import org.bytedeco.llvm.LLVM.LLVMOrcThreadSafeContextRef;

/** LLVM's just-in-time compiler (ORC, LLJIT) for the processor of this process. */
final class Llvm {

    private static final Cleaner CLEANER = Cleaner.create();

    private final LLVMOrcLLJITRef compiler = new LLVMOrcLLJITRef();
    private final LLVMOrcJITDylibRef functions;

    /**
     * Loads the library and creates the compiler.
     *
     * @throws LinkageError          if the library does not exist for this platform
     * @throws IllegalStateException if LLVM does not know this processor
     */
    Llvm() {
        setOptions();
        LLVMInitializeNativeTarget();
        LLVMInitializeNativeAsmPrinter();
        LLVMOrcJITTargetMachineBuilderRef machine = new LLVMOrcJITTargetMachineBuilderRef();
        check(LLVMOrcJITTargetMachineBuilderDetectHost(machine), "asking for the processor");
        LLVMOrcLLJITBuilderRef builder = LLVMOrcCreateLLJITBuilder();
        LLVMOrcLLJITBuilderSetJITTargetMachineBuilder(builder, machine);
        check(LLVMOrcCreateLLJIT(compiler, builder), "creating the compiler");
        functions = LLVMOrcLLJITGetMainJITDylib(compiler);
        addFunctionsOfProcess();
    }

    /**
     * Leaves out the reduction of loop strength, which takes nine tenths of the time for loops with many addresses, and
     * gains nothing where addresses are a base and a constant.
     */
    private static void setOptions() {
        try (PointerPointer<BytePointer> options = new PointerPointer<>("evonorm", "-disable-lsr");
                BytePointer overview = new BytePointer("")) {
            LLVMParseCommandLineOptions(2, options, overview);
        }
    }

    /** Lets modules declare and call functions of the C library. */
    private void addFunctionsOfProcess() {
        LLVMOrcDefinitionGeneratorRef process = new LLVMOrcDefinitionGeneratorRef();
        check(
                LLVMOrcCreateDynamicLibrarySearchGeneratorForProcess(
                        process, LLVMOrcLLJITGetGlobalPrefix(compiler), null, null),
                "asking for the functions of the process");
        LLVMOrcJITDylibAddGenerator(functions, process);
    }

    /**
     * Compiles a module in the text form of LLVM's intermediate representation. The machine code is freed when the
     * result is no longer reachable.
     *
     * @param function name of the only function of the module, unique among all modules; it takes one address and
     *                 returns nothing
     * @throws IllegalStateException if LLVM cannot parse or compile the module
     */
    CompiledLoop compile(String module, String function) {
        LLVMOrcThreadSafeContextRef context = LLVMOrcCreateNewThreadSafeContext();
        LLVMOrcResourceTrackerRef code = LLVMOrcJITDylibCreateResourceTracker(functions);
        check(
                LLVMOrcLLJITAddLLVMIRModuleWithRT(
                        compiler, code, LLVMOrcCreateNewThreadSafeModule(parse(module, function, context), context)),
                "adding a module");
        // The module keeps its own reference to the context.
        LLVMOrcDisposeThreadSafeContext(context);
        long[] address = new long[1];
        check(LLVMOrcLLJITLookup(compiler, address, function), "compiling");
        CompiledLoop loop = new CompiledLoop(address[0]);
        CLEANER.register(loop, () -> {
            check(LLVMOrcResourceTrackerRemove(code), "freeing machine code");
            LLVMOrcReleaseResourceTracker(code);
        });
        return loop;
    }

    private static LLVMModuleRef parse(String module, String name, LLVMOrcThreadSafeContextRef context) {
        byte[] text = module.getBytes(StandardCharsets.US_ASCII);
        try (BytePointer source = new BytePointer(text);
                BytePointer title = new BytePointer(name);
                BytePointer error = new BytePointer((Pointer) null)) {
            // The parser takes ownership of the buffer, even where it fails.
            LLVMMemoryBufferRef buffer = LLVMCreateMemoryBufferWithMemoryRangeCopy(source, text.length, title);
            LLVMModuleRef parsed = new LLVMModuleRef();
            if (LLVMParseIRInContext(LLVMOrcThreadSafeContextGetContext(context), buffer, parsed, error) != 0) {
                throw new IllegalStateException(
                        "LLVM does not read " + name + ": " + error.getString() + "\n" + module);
            }
            return parsed;
        }
    }

    private static void check(LLVMErrorRef error, String what) {
        if (error != null && !error.isNull()) {
            throw new IllegalStateException(
                    "LLVM failed at " + what + ": " + LLVMGetErrorMessage(error).getString());
        }
    }
}
