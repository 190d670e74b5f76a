using Acrobits.InvitationNotifier.Text;
using Microsoft.Extensions.Options;

namespace Acrobits.InvitationNotifier.Configuration;

/// <summary>
/// Validates options by compiling them. The result is kept with the options, so that a large configuration is compiled once.
/// </summary>
/// <param name="inForce">Returns the options in force. Without any, every problem is an error.</param>
internal sealed class OptionsValidator(Func<InvitationNotifierOptions?>? inForce) : IValidateOptions<InvitationNotifierOptions>
{
    public OptionsValidator()
        : this(null)
    {
    }

    public ValidateOptionsResult Validate(string? name, InvitationNotifierOptions options)
    {
        var problems = new ProblemScope();
        var metadata = OptionsMetadata.Of(options);
        metadata.Compiled = CompiledConfiguration.Compile(options, name == Options.DefaultName ? inForce?.Invoke() : null, problems);
        metadata.Sections.ForEach(section => section.ForgetValues());
        return metadata.Compiled is null ? ValidateOptionsResult.Fail(problems.All) : ValidateOptionsResult.Success;
    }
}
