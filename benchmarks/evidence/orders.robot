*** Comments ***
The flow in Robot Framework Browser, with a screenshot after each step. Run by the benchmark, which hands the
variables URL, CHROMIUM and the batches through batches.py.

*** Settings ***
Library    Browser    timeout=15s
Library    batches.py

*** Variables ***
${URL}         http://127.0.0.1
${CHROMIUM}    /usr/bin/chromium
@{ARGS}        --no-sandbox

*** Test Cases ***
Key The Orders
    New Browser    chromium    headless=True    executablePath=${CHROMIUM}    args=${ARGS}
    New Context    viewport={'width': 1280, 'height': 800}    locale=zh-CN    timezoneId=Asia/Shanghai
    New Page
    WHILE    True    limit=NONE
        ${orders}=    Next Batch
        IF    $orders is None    BREAK
        FOR    ${order}    IN    @{orders}
            Check The Customer    ${order}
            ${number}=    Save The Voucher    ${order}
            Read It Back    ${order}    ${number}
        END
    END
    Close Browser

*** Keywords ***
Check The Customer
    [Arguments]    ${order}
    Go To    ${URL}/customers
    Search For    ${order}[customer]
    Get Text    table.found tbody tr:first-child td:first-child    ==    ${order}[customer]
    Take Screenshot

Save The Voucher
    [Arguments]    ${order}
    Go To    ${URL}/vouchers
    Search For    ${order}[order]
    Get Element Count    table.found tbody tr    ==    0
    Go To    ${URL}/new
    FOR    ${name}    IN    order    customer    sku    quantity    price    buyer    phone    address    note
        Fill Text    id=${name}    ${order}[${name}]
    END
    Select Options By    id=warehouse    text    ${order}[warehouse]
    Click    form.voucher button
    Get Text    .number    !=    ${EMPTY}
    Go To    ${URL}/vouchers
    Search For    ${order}[order]
    ${number}=    Get Text    table.found tbody a
    Take Screenshot
    RETURN    ${number}

Read It Back
    [Arguments]    ${order}    ${number}
    Click    table.found tbody a
    Get Text    .number    ==    ${number}
    Get Text    .total    ==    ${order}[total]
    Take Screenshot

Search For
    [Arguments]    ${wanted}
    Fill Text    id=q    ${wanted}
    Click    form button
    Wait For Condition    Url    contains    ?q=
