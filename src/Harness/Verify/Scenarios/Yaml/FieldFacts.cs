namespace Raid5Verify.Scenarios.Yaml;

/// <summary>What is told of a field beside its docstring.</summary>
internal static class FieldFacts
{
    /// <summary>Its range, as a person would say it; nothing if it has none.</summary>
    /// <param name="field">Which.</param>
    /// <param name="before">What stands before the range, if there is one.</param>
    public static string Range(RecordField field, string before)
    {
        Type type = Nullable.GetUnderlyingType(field.Property.PropertyType) ?? field.Property.PropertyType;
        return field.Range is { } range ? $"{before}{range.Describe(type)}" : string.Empty;
    }

    /// <summary>What it is where nobody says; null if it must be said, or is then nothing at all.</summary>
    public static string? Default(RecordField field, RecordFields fields)
    {
        object? usual = field.IsRequired ? null : field.Property.GetValue(fields.Blank);
        return usual is not null && ScalarFormat.For(field.Property.PropertyType) is { } format && format.Format(usual) is { Length: > 0 } text
            ? text
            : null;
    }
}
