using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Raid5Verify.Scenarios.Yaml;

/// <summary>One field of a record, as YAML knows it.</summary>
internal sealed class RecordField(PropertyInfo property)
{
    public PropertyInfo Property { get; } = property;

    /// <summary>As YAML spells it.</summary>
    public string Key { get; } = KebabCase.Of(property.Name);

    public bool IsRequired { get; } = property.IsDefined(typeof(RequiredMemberAttribute));

    public bool IsSubject { get; } = property.IsDefined(typeof(SubjectAttribute));

    /// <summary>Whether no step of this list may be a fault.</summary>
    public bool IsWithoutFaults { get; } = property.IsDefined(typeof(WithoutFaultsAttribute));

    public bool IsAbsolutePath { get; } = property.IsDefined(typeof(AbsolutePathAttribute));

    public BetweenAttribute? Range { get; } = property.GetCustomAttribute<BetweenAttribute>();
}

/// <summary>The fields of a record type: the one place where the YAML form meets C#'s reflection.</summary>
internal sealed class RecordFields
{
    private static readonly ConcurrentDictionary<Type, RecordFields> OfTypes = [];

    private RecordFields(Type type)
    {
        Blank = Activator.CreateInstance(type)!;
        List<RecordField> fields = [];
        for (Type? declaring = type; declaring is not null; declaring = declaring.BaseType)
        {
            fields.AddRange(declaring
                .GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly)
                .Where(property => property.SetMethod is not null)
                .OrderBy(property => property.MetadataToken)
                .Select(property => new RecordField(property)));
        }

        All = fields;
        Subject = fields.Find(field => field.IsSubject);
    }

    /// <summary>In the order of their declaration, a type's own before its base's.</summary>
    public IReadOnlyList<RecordField> All { get; }

    public RecordField? Subject { get; }

    /// <summary>A value with all defaults, to compare with. Its required fields are not set.</summary>
    public object Blank { get; }

    /// <summary>A copy with one field changed: what <c>with</c> does, for a field known at run time.</summary>
    public object With(object record, RecordField changed, object? value)
    {
        object copy = Activator.CreateInstance(record.GetType())!;
        foreach (RecordField field in All)
        {
            field.Property.SetValue(copy, field == changed ? value : field.Property.GetValue(record));
        }

        return copy;
    }

    public static RecordFields Of(Type type) => OfTypes.GetOrAdd(type, static key => new RecordFields(key));
}
