namespace Raid5Verify.Mutants;

/// <summary>A bug that is planted in a copy of the System's sources, to see whether the harness finds it.</summary>
public sealed record Mutant
{
    /// <summary>In kebab case, unique in its catalogue: what is wrong with it.</summary>
    public required string Name { get; init; }

    /// <summary>The part of the System that it is in: the name of the catalogue's file.</summary>
    public required string Layer { get; init; }

    /// <summary>The real bug that it is modelled on, in a sentence.</summary>
    public required string Models { get; init; }

    /// <summary>Where that bug, or the rule that it breaks, is documented.</summary>
    public required string Documented { get; init; }

    /// <summary>What should catch it, one of these, as scenarios name it: <c>promise 4</c>, <c>soundness</c>.</summary>
    public required IReadOnlyList<string> Breaks { get; init; }

    /// <summary>What is changed, at least one, in this order.</summary>
    public required IReadOnlyList<SourceEdit> Edits { get; init; }

    /// <summary>Where its entry begins, as compilers write it: <c>tests/Mutants/parity.yaml(12)</c>.</summary>
    public required string Place { get; init; }

    public override string ToString() => Name;
}
