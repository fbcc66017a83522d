using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace Raid5Verify.Mutants;

/*
 * All sources are parsed once; a mutant parses again what it changes, and is compiled in memory. Warnings are none of its business: a bug
 * may well leave something unused. No source of the System is made by a generator, so none is run.
 */

/// <summary>Compiles the System with a bug in it.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed class MutantCompiler
{
    private readonly string _sources;
    private readonly CSharpParseOptions _parsing;
    private readonly CSharpCompilation _product;
    private readonly Dictionary<string, SyntaxTree> _trees;

    /// <param name="sources">The folder of the System's core, and of its project.</param>
    /// <param name="arguments">The compiler's, of that project.</param>
    public MutantCompiler(string sources, IReadOnlyList<string> arguments)
    {
        _sources = Path.GetFullPath(sources);
        CSharpCommandLineArguments parsed = CSharpCommandLineParser.Default.Parse(arguments, _sources, sdkDirectory: null);
        _parsing = parsed.ParseOptions.WithDocumentationMode(DocumentationMode.None);
        _trees = parsed.SourceFiles.AsParallel()
            .Select(file => Parse(file.Path, File.ReadAllText(file.Path)))
            .ToDictionary(tree => Path.GetFullPath(tree.FilePath));
        _product = CSharpCompilation.Create(
            parsed.CompilationName,
            _trees.Values,
            parsed.MetadataReferences.Select(reference => MetadataReference.CreateFromFile(reference.Reference, reference.Properties)),
            parsed.CompilationOptions.WithGeneralDiagnosticOption(ReportDiagnostic.Suppress));
    }

    /// <param name="mutant">Whose edits match the sources.</param>
    /// <param name="problem">Where it does not compile, and why.</param>
    /// <returns>The assembly; null if it does not compile.</returns>
    public byte[]? Compile(Mutant mutant, out string? problem)
    {
        CSharpCompilation compilation = _product;
        Dictionary<string, SyntaxTree> trees = [];
        foreach (SourceEdit edit in mutant.Edits)
        {
            string path = Path.GetFullPath(Path.Combine(_sources, edit.File));
            SyntaxTree before = trees.GetValueOrDefault(path) ?? _trees[path];
            if (edit.Apply(before.ToString(), out problem) is not { } edited)
            {
                return null;
            }

            trees[path] = Parse(path, edited);
            compilation = compilation.ReplaceSyntaxTree(before, trees[path]);
        }

        using var assembly = new MemoryStream();
        Diagnostic? error = compilation.Emit(assembly).Diagnostics.FirstOrDefault(found => found.Severity == DiagnosticSeverity.Error);
        problem = error is null ? null : $"it does not compile: {error}";
        return error is null ? assembly.ToArray() : null;
    }

    private SyntaxTree Parse(string path, string text) =>
        CSharpSyntaxTree.ParseText(SourceText.From(text, Encoding.UTF8), _parsing, path);
}
